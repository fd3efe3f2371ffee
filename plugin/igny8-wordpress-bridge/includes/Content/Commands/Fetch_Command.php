<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Document;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Types;

/**
 * `fetch`: returns posts by id.
 */
final class Fetch_Command implements Command {

	private const MOST = 100;

	private Documents $documents;

	private Types $types;

	private Rows $rows;

	private Left_Alone $left_alone;

	public function __construct( Documents $documents, Types $types, Rows $rows ) {
		$this->documents = $documents;
		$this->types     = $types;
		$this->rows      = $rows;

		$this->left_alone = new Left_Alone();
	}

	public function name(): string {
		return 'fetch';
	}

	public function run( array $args, Context $context ): array {
		$ids    = ( new Args( $args ) )->ids( 'ids', self::MOST );
		$read   = $this->documents->read( $ids, true, $context );
		$absent = array_values( array_diff( array_slice( $ids, 0, $read['reached'] ), array_keys( $read['documents'] ) ) );
		$alone  = $this->left_alone->among( $absent );
		$denied = $this->denied( $absent, $alone );
		return [
			'items'      => array_map(
				static function ( Document $document ): array {
					return $document->to_array();
				},
				array_values( $read['documents'] )
			),
			'missing'    => array_values( array_diff( $absent, $denied ) ),
			'denied'     => $denied,
			'left_alone' => array_values( array_intersect( $denied, array_keys( $alone ) ) ),
		];
	}

	/**
	 * Posts that exist, but that the owner does not let IGNY8 read: they must not be taken for deleted.
	 *
	 * @param int[]            $ids   Post ids.
	 * @param array<int, true> $alone Those that are left alone.
	 * @return int[]
	 */
	private function denied( array $ids, array $alone ): array {
		$denied = [];
		foreach ( $this->rows->heads( $ids ) as $id => $head ) {
			if ( $this->types->is_public( $head->post_type ) && ( isset( $alone[ $id ] ) || ! $this->types->is_synced( $head->post_type ) ) ) {
				$denied[] = $id;
			}
		}
		return $denied;
	}
}
