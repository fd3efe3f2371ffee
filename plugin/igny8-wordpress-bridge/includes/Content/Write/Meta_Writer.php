<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Types;

/**
 * Writes meta. Slashes its values, because WordPress unslashes them.
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

	/**
	 * Writes the alternative text of the featured image, which all posts with this image share.
	 *
	 * @throws Command_Failure `content_altered`.
	 */
	public function write_image_alt( Change $change ): void {
		if ( null === $change->image_alt ) {
			return;
		}
		$image_id = (int) $change->meta[ Meta_Keys::THUMBNAIL ];
		$before   = (string) get_post_meta( $image_id, Meta_Keys::ALT, true );
		update_post_meta( $image_id, Meta_Keys::ALT, wp_slash( $change->image_alt ) );
		$stored = (string) get_post_meta( $image_id, Meta_Keys::ALT, true );
		if ( $stored !== $change->image_alt ) {
			update_post_meta( $image_id, Meta_Keys::ALT, wp_slash( $before ) );
			throw Alteration::after_writing( 'featured.alt', $change->image_alt, $stored, ( new Culprit_Finder() )->of_meta( Meta_Keys::ALT, $change->image_alt, Types::ATTACHMENT ) );
		}
	}
}
