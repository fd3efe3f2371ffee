<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Seo;

defined( 'ABSPATH' ) || exit;

/**
 * Robots directives: a set, so their order doesn't matter.
 */
final class Directives {

	/** Pairs that contradict each other. */
	private const OPPOSED = [ [ 'index', 'noindex' ], [ 'follow', 'nofollow' ] ];

	/**
	 * Whether two values of a field are the same.
	 *
	 * @param mixed $left  Text, number or list of directives.
	 * @param mixed $right Likewise.
	 */
	public static function are_same( $left, $right ): bool {
		if ( is_array( $left ) && is_array( $right ) ) {
			sort( $left, SORT_STRING );
			sort( $right, SORT_STRING );
		}
		return $left === $right;
	}

	/**
	 * @param string[] $directives Set.
	 * @return string[] Two that contradict each other, or none.
	 */
	public static function contradiction( array $directives ): array {
		foreach ( self::OPPOSED as $pair ) {
			if ( [] === array_diff( $pair, $directives ) ) {
				return $pair;
			}
		}
		return [];
	}

	/**
	 * The directives that neither the plugin can store nor the post has already.
	 *
	 * @param string[] $directives As they are to be.
	 * @param string[] $known      From Seo_Plugin::directives().
	 * @param string[] $now        Of the post.
	 * @return string[]
	 */
	public static function unknown( array $directives, array $known, array $now ): array {
		return array_values(
			array_filter(
				array_diff( $directives, $now ),
				static function ( string $directive ) use ( $known ): bool {
					$name = strstr( $directive, ':', true );
					return ! in_array( false === $name ? $directive : $name . ':', $known, true );
				}
			)
		);
	}
}
