<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Listing;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Types;

/**
 * `index`: lists the posts of a type page by page, in the order of modification.
 */
final class Index_Command implements Command {

	private const MOST_DOCUMENTS = 200;

	private const MOST_IDS = 5000;

	private Types $types;

	private Rows $rows;

	private Listing $listing;

	private Documents $documents;

	public function __construct( Types $types, Rows $rows, Documents $documents ) {
		$this->types     = $types;
		$this->rows      = $rows;
		$this->listing   = new Listing( $rows );
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
		return $page + [ 'site_time' => time() ];
	}

	private function ids( string $type, int $after, int $limit ): array {
		$rows  = $this->rows->by_id( $type, $after, $limit + 1 );
		$page  = array_slice( $rows, 0, $limit );
		$items = [];
		foreach ( $page as $row ) {
			if ( null === $row->left_alone ) {
				$items[] = [
					'id'       => (int) $row->ID,
					'type'     => $type,
					'modified' => Gmt::to_unix( (string) $row->post_modified_gmt ),
				];
			}
		}
		return [
			'items' => $items,
			'next'  => count( $rows ) > $limit ? [ 0, (int) $page[ $limit - 1 ]->ID ] : null,
			'total' => $this->rows->count( $type ),
		];
	}

	private function page( string $type, ?array $after, int $limit, bool $with_body, Context $context ): array {
		$page  = $this->listing->page( $type, $after, $limit );
		$read  = $this->documents->read( array_column( $page['positions'], 1 ), $with_body, $context );
		$items = [];
		foreach ( $read['documents'] as $document ) {
			if ( $document->type() === $type ) {
				$items[] = $document->to_array();
			}
		}
		$has_more = $page['has_more'] || count( $page['positions'] ) > $read['reached'];
		return [
			'items' => $items,
			'next'  => $has_more ? $this->next( $page['positions'][ $read['reached'] - 1 ], $after ) : null,
			'total' => $page['total'],
		];
	}

	/**
	 * A position that does not advance ends the listing. A date that Unix seconds can't express would otherwise
	 * repeat the page for ever.
	 *
	 * @param int[] $position Modified and id of the last post that was read.
	 * @return int[]|null
	 */
	private function next( array $position, ?array $after ): ?array {
		return null === $after || $position > $after ? $position : null;
	}
}
