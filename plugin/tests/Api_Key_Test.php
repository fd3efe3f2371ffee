<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Security\Api_Key;
use Igny8\Bridge\Support\Failure;
use PHPUnit\Framework\TestCase;

final class Api_Key_Test extends TestCase {

	/** Computed with zlib's CRC-32, outside of this code; the last one has a checksum with leading zeros. */
	private const KEYS = [
		'igny8_0000000000000000000000000000000000000000002ZAGon',
		'igny8_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz4QErve',
		'igny8_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef1RDCfM',
		'igny8_tE2bucTKW7eofIZRh4s6Hh4WJZWdBO1zoZUiP2kh8r000175',
	];

	public function test_keys_with_their_checksum_are_well_formed(): void {
		foreach ( self::KEYS as $key ) {
			self::assertSame( 54, strlen( $key ) );
			self::assertTrue( Api_Key::is_well_formed( $key ), $key );
		}
	}

	public function test_any_single_mistyped_character_is_noticed(): void {
		$key = self::KEYS[2];
		for ( $i = 0; $i < strlen( $key ); $i++ ) {
			$mistyped       = $key;
			$mistyped[ $i ] = '7' === $key[ $i ] ? '8' : '7';
			self::assertFalse( Api_Key::is_well_formed( $mistyped ), "Character $i" );
		}
	}

	public function test_two_swapped_neighbours_are_noticed(): void {
		$key = self::KEYS[2];
		for ( $i = 6; $i < strlen( $key ) - 1; $i++ ) {
			$swapped = substr( $key, 0, $i ) . $key[ $i + 1 ] . $key[ $i ] . substr( $key, $i + 2 );
			self::assertSame( $swapped === $key, Api_Key::is_well_formed( $swapped ), "Characters $i and the next" );
		}
	}

	public function test_what_is_too_short_too_long_or_something_else_is_no_key(): void {
		$key = self::KEYS[0];
		foreach ( [ '', 'igny8_', substr( $key, 0, -1 ), $key . '0', $key . "\n", ' ' . $key, strtoupper( $key ), str_replace( 'igny8_', 'igny9_', $key ) ] as $wrong ) {
			self::assertFalse( Api_Key::is_well_formed( $wrong ), $wrong );
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

	public function test_masked_it_shows_ten_characters_and_four(): void {
		self::assertSame( 'igny8_0123…DCfM', Api_Key::mask( 'igny8_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef1RDCfM' ) );
		self::assertSame( '', Api_Key::mask( '' ) );
		self::assertSame( '', Api_Key::mask( 'a-short-secret' ) );
	}
}
