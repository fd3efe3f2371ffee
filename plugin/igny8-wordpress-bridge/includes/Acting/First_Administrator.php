<?php

declare(strict_types=1);

namespace Igny8\Bridge\Acting;

defined( 'ABSPATH' ) || exit;

/**
 * Finds the administrator with the lowest id.
 */
final class First_Administrator {

	/**
	 * 0 if there is none.
	 */
	public function id(): int {
		$found = $this->of_site();
		return $found > 0 ? $found : $this->of_network();
	}

	/**
	 * From the table: plugins that hide administrators do so in WordPress' own queries.
	 */
	private function of_site(): int {
		global $wpdb;

		$value = $wpdb->get_var(
			$wpdb->prepare(
				"SELECT user_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND meta_value LIKE %s ORDER BY user_id LIMIT 1",
				$wpdb->get_blog_prefix() . 'capabilities', '%' . $wpdb->esc_like( '"administrator";b:1' ) . '%'
			)
		);
		return (int) $value;
	}

	private function of_network(): int {
		$user = is_multisite() ? get_user_by( 'login', (string) ( get_super_admins()[0] ?? '' ) ) : false;
		return false === $user ? 0 : (int) $user->ID;
	}
}
