<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Fields;

/**
 * Tells from texts alone whether a save was made from IGNY8's version or from the one before. For editors that don't
 * say what they were opened with: a tab from before the plugin's update, WordPress' apps, programs.
 *
 * IGNY8's version has words that the earlier one lacks, and lacks others. A text that was made from it shows more of the
 * former. If neither is found, nobody can tell; it then counts as made from the earlier version, so that no text is lost.
 */
final class Ancestry {

	/**
	 * @param array<string, mixed> $before  Values before IGNY8's write.
	 * @param array<string, mixed> $written Values that IGNY8 wrote.
	 * @param array<string, mixed> $saved   Values that were saved over them.
	 * @return bool Whether a text was saved that does not come from IGNY8's.
	 */
	public static function is_older( array $before, array $written, array $saved ): bool {
		foreach ( Fields::TEXTS as $name ) {
			if ( isset( $before[ $name ], $written[ $name ], $saved[ $name ] ) && $saved[ $name ] !== $written[ $name ] && self::is_text_older( $before[ $name ], $written[ $name ], $saved[ $name ] ) ) {
				return true;
			}
		}
		return false;
	}

	private static function is_text_older( string $before, string $written, string $saved ): bool {
		$old    = self::words( $before );
		$new    = self::words( $written );
		$found  = self::words( $saved );
		$gone   = array_diff_key( $old, $new );
		$added  = array_diff_key( $new, $old );
		$of_old = self::part( $gone, $found );
		if ( $saved === $before || [] === $added ) {
			return $saved === $before || [] === $gone || $of_old > 0;
		}
		return self::part( $added, $found ) <= $of_old;
	}

	/**
	 * Part of the words that is found; 0 to 1.
	 */
	private static function part( array $words, array $found ): float {
		return [] === $words ? 0.0 : count( array_intersect_key( $words, $found ) ) / count( $words );
	}

	/**
	 * @return array<string, int> Words as keys.
	 */
	private static function words( string $text ): array {
		return array_flip( array_map( static fn( string $word ): string => "w$word", (array) preg_split( '/[\s<>]+/', $text, -1, PREG_SPLIT_NO_EMPTY ) ) );
	}
}
