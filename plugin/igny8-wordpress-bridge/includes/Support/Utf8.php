<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Repairs text of unknown encoding.
 */
final class Utf8 {

	/**
	 * Replaces invalid UTF-8 by U+FFFD. Needs no extension and, unlike WordPress' own function, triggers no warnings.
	 */
	public static function repair( string $text ): string {
		return htmlspecialchars_decode( htmlspecialchars( $text, ENT_NOQUOTES | ENT_SUBSTITUTE, 'UTF-8' ), ENT_NOQUOTES );
	}
}
