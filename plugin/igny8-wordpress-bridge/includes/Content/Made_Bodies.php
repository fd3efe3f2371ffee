<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Remembers of which text of IGNY8 a stored body was made, in meta of the post: hashes of both. So IGNY8 tells the blocks
 * that the plugin made from an edit in WordPress, even if the answer that brought them was lost.
 *
 * The note is written before the body. It counts only while the post has exactly that body, so it is never too early,
 * never out of date, and harmless in a copy.
 */
final class Made_Bodies {

	public const KEY = '_igny8_made_body';

	/**
	 * @param string $sent As IGNY8 sent it.
	 * @param string $made As it is stored.
	 */
	public static function note( int $post_id, string $sent, string $made ): void {
		update_post_meta( $post_id, self::KEY, self::hash( $sent ) . ' ' . self::hash( $made ) );
	}

	/**
	 * @param string[] $notes Raw values of KEY.
	 * @return string|null Hash of the text that the stored body was made of; null for every other body.
	 */
	public static function of( string $stored, array $notes ): ?string {
		foreach ( $notes as $note ) {
			$hashes = explode( ' ', $note );
			if ( 2 === count( $hashes ) && self::hash( $stored ) === $hashes[1] ) {
				return $hashes[0];
			}
		}
		return null;
	}

	/**
	 * Two sums of 32 bits, which the API computes too. It compares them with its own texts of the same post alone.
	 */
	public static function hash( string $text ): string {
		return hash( 'joaat', $text ) . hash( 'fnv1a32', $text );
	}
}
