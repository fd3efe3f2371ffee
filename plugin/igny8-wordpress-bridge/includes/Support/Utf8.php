<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

/**
 * Text of unknown origin.
 */
final class Utf8 {

	/**
	 * Puts U+FFFD in place of what is no UTF-8. Needs no extension, and unlike WordPress' own function warns of nothing.
	 */
	public static function repair( string $text ): string {
		return htmlspecialchars_decode( htmlspecialchars( $text, ENT_NOQUOTES | ENT_SUBSTITUTE, 'UTF-8' ), ENT_NOQUOTES );
	}
}
