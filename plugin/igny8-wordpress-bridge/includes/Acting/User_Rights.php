<?php

declare(strict_types=1);

namespace Igny8\Bridge\Acting;

defined( 'ABSPATH' ) || exit;

use WP_Post_Type;
use WP_User;

/**
 * What a user may do on this site, in general.
 */
final class User_Rights {

	public static function can_write_any( WP_User $user ): bool {
		foreach ( self::types() as $type ) {
			if ( user_can( $user, $type->cap->edit_posts ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * What keeps the user from doing everything that IGNY8 can be asked to do, for people.
	 *
	 * @return string[] Lines such as "Pages: publish_pages, edit_others_pages".
	 */
	public static function missing( WP_User $user ): array {
		$lines = [];
		foreach ( self::types() as $type ) {
			$caps  = [ $type->cap->edit_posts, $type->cap->publish_posts, $type->cap->edit_others_posts, $type->cap->edit_published_posts, $type->cap->delete_posts ];
			$lacks = array_filter(
				array_unique( $caps ),
				static function ( string $cap ) use ( $user ): bool {
					return ! user_can( $user, $cap );
				}
			);
			if ( [] !== $lacks ) {
				$lines[] = $type->label . ': ' . implode( ', ', $lacks );
			}
		}
		return $lines;
	}

	/**
	 * @return WP_Post_Type[] Types that are synced.
	 */
	private static function types(): array {
		return get_post_types( [ 'public' => true ], 'objects' );
	}
}
