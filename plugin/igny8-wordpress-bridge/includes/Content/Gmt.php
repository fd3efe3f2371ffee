<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use DateTimeImmutable;
use DateTimeZone;
use Exception;

/**
 * Converts times between WordPress' `_gmt` columns and the wire.
 */
final class Gmt {

	/** WordPress' value for no time. */
	public const NONE = '0000-00-00 00:00:00';

	/** What travels as 0, like every time before it. */
	public const EPOCH = '1970-01-01 00:00:00';

	/** Latest time on the wire, some 3,000 years from now. */
	private const LATEST = 100000000000;

	private const STORED = '/^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\z/';

	private const RFC3339 = '/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\z/i';

	/**
	 * Unix seconds; 0 for none, and for every time up to 1970.
	 */
	public static function to_unix( string $gmt ): int {
		if ( 1 !== preg_match( self::STORED, $gmt, $part ) || self::NONE === $gmt ) {
			return 0;
		}
		// MySQL can store 2024-00-00. Counting it as the first of January keeps the sort order.
		$time = gmmktime( (int) $part[4], (int) $part[5], (int) $part[6], max( 1, (int) $part[2] ), max( 1, (int) $part[3] ), (int) $part[1] );
		return max( 0, min( (int) $time, self::LATEST ) );
	}

	public static function from_unix( int $time ): string {
		return 0 === $time ? self::NONE : gmdate( 'Y-m-d H:i:s', $time );
	}

	/**
	 * RFC 3339 in UTC; null for none.
	 */
	public static function to_wire( string $gmt ): ?string {
		if ( 1 !== preg_match( self::STORED, $gmt, $part ) || self::NONE === $gmt ) {
			return null;
		}
		// Not gmmktime(), which takes the years 0 to 99 for those of this century.
		$time = ( new DateTimeImmutable( '@0' ) )->setDate( (int) $part[1], max( 1, (int) $part[2] ), max( 1, (int) $part[3] ) );
		return $time->setTime( (int) $part[4], (int) $part[5], (int) $part[6] )->format( 'Y-m-d\TH:i:s\Z' );
	}

	/**
	 * When a post is or was published. Importers leave `post_date_gmt` empty; WordPress then takes it from the local date
	 * of a post that is published or scheduled, and so does this.
	 *
	 * @param object $post With post_status, post_date and post_date_gmt.
	 */
	public static function of_post( object $post ): string {
		$gmt = (string) $post->post_date_gmt;
		if ( ( self::NONE !== $gmt && '' !== $gmt ) || in_array( $post->post_status, get_post_stati( [ 'date_floating' => true ] ), true ) ) {
			return $gmt;
		}
		$local = (string) $post->post_date;
		return 1 === preg_match( self::STORED, $local ) && self::NONE !== $local ? get_gmt_from_date( $local ) : self::NONE;
	}

	/**
	 * Null if it is not RFC 3339.
	 */
	public static function from_wire( string $text ): ?string {
		if ( 1 !== preg_match( self::RFC3339, $text ) ) {
			return null;
		}
		try {
			$time = new DateTimeImmutable( $text );
		} catch ( Exception $error ) {
			return null;
		}
		return $time->setTimezone( new DateTimeZone( 'UTC' ) )->format( 'Y-m-d H:i:s' );
	}
}
