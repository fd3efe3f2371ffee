<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use RuntimeException;

/**
 * Vectors in test/fixtures that the API's tests (test/lib/*-vectors.test.ts) read too.
 */
final class Vectors {

	/**
	 * @param string $name File name without its ending, for example `backoff-vectors`.
	 */
	public static function read( string $name ): array {
		$json = json_decode( (string) file_get_contents( dirname( __DIR__, 3 ) . "/test/fixtures/$name.json" ), true );
		if ( ! is_array( $json ) ) {
			throw new RuntimeException( "$name.json is missing or not JSON." );
		}
		return $json;
	}
}
