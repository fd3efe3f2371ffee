<?php

declare(strict_types=1);

namespace Igny8\Bridge\Acting;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Utf8;
use WP_User;

/**
 * Names of users as they leave this site.
 */
final class User_Name {

	/**
	 * The display name. Where it is an e-mail address (WordPress and shops make it one), only the part before the "@".
	 */
	public static function shown( WP_User $user ): string {
		return self::clean( (string) $user->display_name );
	}

	/**
	 * @param string $name A display name.
	 */
	public static function clean( string $name ): string {
		$name = Utf8::repair( $name );
		return is_email( $name ) ? (string) strstr( $name, '@', true ) : $name;
	}
}
