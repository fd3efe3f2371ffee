<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

/**
 * Writes meta. WordPress takes slashes off whatever it is given.
 */
final class Meta_Writer {

	public function write( int $post_id, Change $change ): void {
		foreach ( $change->meta as $key => $value ) {
			$key = wp_slash( (string) $key );
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
}
