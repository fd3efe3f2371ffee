<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Commands;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Document;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Types;

/**
 * `index`: the posts of a type, page by page, in the order in which they were modified.
 */
final class Index_Command implements Command {

	private const MOST_DOCUMENTS = 200;

	private const MOST_IDS = 5000;

	private Types $types;

	private Rows $rows;

	private Documents $documents;

	public function __construct( Types $types, Rows $rows, Documents $documents ) {
		$this->types     = $types;
		$this->rows      = $rows;
		$this->documents = $documents;
	}

	public function name(): string {
		return 'index';
	}

	public function run( array $args, Context $context ): array {
		$args = new Args( $args );
		$type = $args->text( 'type' );
		$this->types->check( $type );

		$fields = $args->choice( 'fields', [ 'full', 'metadata', 'ids' ] );
		$after  = $args->keyset( 'after' );
		$limit  = $args->number( 'limit', 1, 'ids' === $fields ? self::MOST_IDS : self::MOST_DOCUMENTS, self::MOST_DOCUMENTS );
		$page   = 'ids' === $fields
			? $this->ids( $type, $after[1] ?? 0, $limit )
			: $this->page( $type, $after, $limit, 'full' === $fields, $context );
		return $page + [
			'total'     => $this->rows->count( $type ),
			'site_time' => time(),
		];
	}

	private function ids( string $type, int $after, int $limit ): array {
		$rows  = $this->rows->by_id( $type, $after, $limit + 1 );
		$items = [];
		foreach ( array_slice( $rows, 0, $limit ) as $row ) {
			$items[] = [
				'id'       => (int) $row->ID,
				'type'     => $type,
				'modified' => Gmt::to_unix( (string) $row->post_modified_gmt ),
			];
		}
		return [
			'items' => $items,
			'next'  => count( $rows ) > $limit ? [ 0, $items[ $limit - 1 ]['id'] ] : null,
		];
	}

	private function page( string $type, ?array $after, int $limit, bool $with_body, Context $context ): array {
		$rows = $this->rows->by_modified( $type, $after, $limit + 1 );
		$ids  = array_map( 'intval', array_column( array_slice( $rows, 0, $limit ), 'ID' ) );
		$read = $this->documents->read( $ids, $with_body, $context );
		return [
			'items' => array_map(
				static function ( Document $document ): array {
					return $document->to_array();
				},
				array_values( $read['documents'] )
			),
			'next'  => count( $rows ) > $read['reached'] ? $this->position( $rows[ $read['reached'] - 1 ], $after ) : null,
		];
	}

	/**
	 * A time that can't be said in Unix seconds must not send the caller round in a circle.
	 *
	 * @return int[]|null Modified and id.
	 */
	private function position( object $row, ?array $after ): ?array {
		$position = [ Gmt::to_unix( (string) $row->post_modified_gmt ), (int) $row->ID ];
		return null === $after || $position > $after ? $position : null;
	}
}
