<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Security\Api_Key;
use Igny8\Bridge\Support\Failure;
use PHPUnit\Framework\TestCase;

/**
 * API keys. Shared_Vectors_Test checks their format.
 */
final class Api_Key_Test extends TestCase {

	private const KEY = 'igny8_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef1RDCfM';

	public function test_every_single_mistyped_character_is_detected(): void {
		$key = self::KEY;
		for ( $i = 0; $i < strlen( $key ); $i++ ) {
			$mistyped       = $key;
			$mistyped[ $i ] = '7' === $key[ $i ] ? '8' : '7';
			self::assertFalse( Api_Key::is_well_formed( $mistyped ), "Character $i" );
		}
	}

	public function test_swapped_neighbours_are_detected(): void {
		$key = self::KEY;
		for ( $i = 6; $i < strlen( $key ) - 1; $i++ ) {
			$swapped = substr( $key, 0, $i ) . $key[ $i + 1 ] . $key[ $i ] . substr( $key, $i + 2 );
			self::assertSame( $swapped === $key, Api_Key::is_well_formed( $swapped ), "Characters $i and the next" );
		}
	}

	public function test_a_malformed_key_is_refused_with_a_fix(): void {
		try {
			Api_Key::check( 'igny8_oops' );
			self::fail( 'It was accepted.' );
		} catch ( Failure $failure ) {
			self::assertSame( 'api_key_malformed', $failure->reason() );
			self::assertNotSame( '', $failure->fix() );
		}
	}

	public function test_a_text_too_short_for_a_key_is_masked_wholly(): void {
		self::assertSame( '', Api_Key::mask( '' ) );
		self::assertSame( '', Api_Key::mask( 'a-short-secret' ) );
	}
}
