<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Types;

/**
 * Writes meta. Slashes its values, because WordPress unslashes them.
 */
final class Meta_Writer {

	public function write( int $post_id, Change $change ): void {
		foreach ( $change->meta as $key => $value ) {
			$is_exact = isset( $change->exact[ $key ] );
			$key      = wp_slash( (string) $key );
			if ( null !== $value && $is_exact ) {
				$this->write_exactly( $post_id, $key, $value, $change->type );
				continue;
			}
			if ( null !== $value && $change->single[ wp_unslash( $key ) ] ) {
				update_post_meta( $post_id, $key, wp_slash( $value ) );
				continue;
			}

			delete_post_meta( $post_id, $key );
			foreach ( (array) $value as $one ) {
				add_post_meta( $post_id, $key, wp_slash( $one ) );
			}
		}
	}

	/**
	 * Writes a single value, whatever filters of other plugins would make of it.
	 *
	 * @param string $key   Slashed.
	 * @param mixed  $value Not slashed.
	 */
	private function write_exactly( int $post_id, string $key, $value, string $type ): void {
		$keep  = static fn() => $value;
		$hooks = [ "sanitize_post_meta_$key", "sanitize_post_meta_{$key}_for_$type" ];
		foreach ( $hooks as $hook ) {
			// Without a filter WordPress takes the more general hook.
			if ( has_filter( $hook ) ) {
				add_filter( $hook, $keep, PHP_INT_MAX );
			}
		}
		try {
			update_post_meta( $post_id, $key, wp_slash( $value ) );
		} finally {
			foreach ( $hooks as $hook ) {
				remove_filter( $hook, $keep, PHP_INT_MAX );
			}
		}
	}

	/**
	 * Writes the alternative text of the featured image, which all posts with this image share.
	 *
	 * @throws Command_Failure `content_altered`, `image_left_alone`.
	 */
	public function write_image_alt( Change $change ): void {
		if ( null === $change->image_alt ) {
			return;
		}
		$image_id = (int) $change->meta[ Meta_Keys::THUMBNAIL ];
		if ( ( new Left_Alone() )->has( $image_id ) ) {
			Command_Failure::raise( 'image_left_alone', __( 'In WordPress, somebody chose that IGNY8 leaves this image alone, so its alternative text stays.', 'igny8-wordpress-bridge' ) );
		}
		$before = (string) get_post_meta( $image_id, Meta_Keys::ALT, true );
		update_post_meta( $image_id, Meta_Keys::ALT, wp_slash( $change->image_alt ) );
		$stored = (string) get_post_meta( $image_id, Meta_Keys::ALT, true );
		if ( $stored !== $change->image_alt ) {
			update_post_meta( $image_id, Meta_Keys::ALT, wp_slash( $before ) );
			$failure = Alteration::after_writing( 'featured.alt', $change->image_alt, $stored, ( new Culprit_Finder() )->of_meta( Meta_Keys::ALT, $change->image_alt, Types::ATTACHMENT ) );
			throw $failure;
		}
	}
}
