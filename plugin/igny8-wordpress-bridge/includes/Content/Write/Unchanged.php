<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Meta_Values;
use Igny8\Bridge\Content\Post_Meta;
use Igny8\Bridge\Content\Term_Names;
use Igny8\Bridge\Content\Types;

/**
 * Leaves out of a change what the post has already. So a value may be sent back as it was shown: it is neither written
 * nor checked, even if today's rules of the site would refuse it.
 */
final class Unchanged {

	/**
	 * @param object $row As stored.
	 */
	public function leave_out( Change $change, object $row ): void {
		$this->leave_out_columns( $change, $row );
		$this->leave_out_meta( $change );
		$this->leave_out_terms( $change );
	}

	private function leave_out_columns( Change $change, object $row ): void {
		foreach ( $change->columns as $column => $value ) {
			// Untrashing changes the status by itself.
			$is_kept = 'post_status' === $column && 'untrash' === $change->op;
			if ( ! $is_kept && 0 !== strpos( $column, 'post_date' ) && (string) $value === $row->$column ) {
				unset( $change->columns[ $column ] );
			}
		}
		if ( isset( $change->columns['post_date_gmt'] ) && Gmt::to_wire( $change->columns['post_date_gmt'] ) === Gmt::to_wire( Gmt::of_post( $row ) ) ) {
			unset( $change->columns['post_date'], $change->columns['post_date_gmt'] );
		}
	}

	private function leave_out_meta( Change $change ): void {
		$keys   = array_map( 'strval', array_keys( $change->meta ) );
		$stored = ( new Post_Meta() )->of( [ $change->id ], $keys )[ $change->id ] ?? [];
		if ( null !== $change->image_alt && $change->image_alt === $this->alt( (int) $change->meta[ Meta_Keys::THUMBNAIL ] ) ) {
			$change->image_alt = null;
		}
		foreach ( $change->meta as $key => $value ) {
			$needs_image = Meta_Keys::THUMBNAIL === $key && null !== $change->image_alt;
			if ( ! $needs_image && $this->is_stored( (string) $key, $value, $change->single[ $key ], $stored[ $key ] ?? [] ) ) {
				unset( $change->meta[ $key ], $change->single[ $key ] );
			}
		}
	}

	/**
	 * @param mixed    $value  From JSON.
	 * @param string[] $stored Raw values.
	 */
	private function is_stored( string $key, $value, bool $is_single, array $stored ): bool {
		if ( null === $value ) {
			// A document shows no image that the library has lost.
			return [] === $stored || ( Meta_Keys::THUMBNAIL === $key && Types::ATTACHMENT !== get_post_type( (int) $stored[0] ) );
		}
		if ( [] === $stored || $stored !== array_filter( $stored, [ Meta_Values::class, 'is_plain' ] ) ) {
			return false;
		}
		$decoded = array_map( [ Meta_Values::class, 'decode' ], $stored );
		if ( $is_single ) {
			return $this->encode( Meta_Values::restored( $value, $decoded[0] ) ) === $stored[0];
		}
		$restored = (array) Meta_Values::restored( $value, $decoded );
		return array_map( [ $this, 'encode' ], array_values( $restored ) ) === $stored;
	}

	/**
	 * @param mixed $value Restored.
	 */
	private function encode( $value ): string {
		return null === $value ? '' : Meta_Values::encode( $value );
	}

	private function leave_out_terms( Change $change ): void {
		$shown = ( new Term_Names() )->of( [ $change->id ], array_map( 'strval', array_keys( $change->terms ) ) )[ $change->id ] ?? [];
		foreach ( $change->terms as $taxonomy => $texts ) {
			$now = $shown[ $taxonomy ] ?? [];
			sort( $texts, SORT_STRING );
			if ( $texts === $now ) {
				unset( $change->terms[ $taxonomy ] );
			}
		}
	}

	private function alt( int $image_id ): string {
		return ( new Post_Meta() )->of( [ $image_id ], [ Meta_Keys::ALT ] )[ $image_id ][ Meta_Keys::ALT ][0] ?? '';
	}
}
