<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Types;

/**
 * Validates the arguments of `apply`.
 */
final class Change_Reader {

	private const OPS = [ 'create', 'update', 'trash', 'untrash', 'delete' ];

	private const LONGEST_ITEM_ID = 64;

	private Types $types;

	private Field_Reader $fields;

	public function __construct( Types $types, Field_Reader $fields ) {
		$this->types  = $types;
		$this->fields = $fields;
	}

	/**
	 * @throws Command_Failure `unknown_type`, `invalid_field`, `parent_cycle`.
	 */
	public function read( array $given ): Change {
		$args           = new Args( $given );
		$change         = new Change();
		$change->op     = $this->op( $args );
		$change->type   = $args->text( 'type' );
		$change->expect = $args->text_or_null( 'expect' );
		$this->types->check( $change->type );
		if ( 'create' === $change->op ) {
			$change->item_id = $this->item_id( $args, $change->type );
		} else {
			$change->id = $args->number( 'id', 1, PHP_INT_MAX, 0 );
		}

		$change->ends_in_trash = 'trash' === $change->op;
		if ( 'delete' !== $change->op ) {
			$change->linked = $this->linked( $given['links'] ?? [] );
			$this->fields->read_into( $change, $args->map( 'fields' ) );
		}
		return $change;
	}

	/**
	 * @param mixed $given From JSON.
	 * @return array<string, int>
	 */
	private function linked( $given ): array {
		if ( ! is_array( $given ) || $given !== array_filter( $given, 'is_int' ) ) {
			Args::refuse( 'links', __( 'A map of post ids is required.', 'igny8-wordpress-bridge' ) );
		}
		return $given;
	}

	private function op( Args $args ): string {
		$op = $args->text( 'op' );
		if ( ! in_array( $op, self::OPS, true ) ) {
			Args::refuse( 'op', implode( ', ', self::OPS ) );
		}
		return $op;
	}

	private function item_id( Args $args, string $type ): string {
		$item_id = $args->text( 'item_id' );
		if ( strlen( $item_id ) > self::LONGEST_ITEM_ID ) {
			Args::refuse( 'item_id', __( 'The value is too long.', 'igny8-wordpress-bridge' ) );
		}
		if ( Types::ATTACHMENT === $type ) {
			Args::refuse( 'type', __( 'Attachments are created with the command “media”.', 'igny8-wordpress-bridge' ) );
		}
		return $item_id;
	}
}
