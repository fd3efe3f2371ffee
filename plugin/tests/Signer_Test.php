<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Security\Signature_Error;
use Igny8\Bridge\Security\Signed_Message;
use Igny8\Bridge\Security\Signer;
use PHPUnit\Framework\TestCase;

/**
 * T21, T23 and the verifying side of T24, with the vectors that the TypeScript tests read too.
 */
final class Signer_Test extends TestCase {

	private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

	private const OTHER_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

	private const NOW = 1763750000;

	private const BODY = '{"protocol":1,"commands":[{"id":"cmd_1","name":"status","args":{}}]}';

	/**
	 * @dataProvider vectors
	 */
	public function test_it_verifies_the_shared_vectors_as_the_api_does( string $secret, array $vector ): void {
		$message = new Signed_Message( $vector['id'], (string) ( $vector['timestamp'] ?? '' ), $vector['signature'], $vector['body'] );
		$reason  = $this->reason( [ 'current' => $secret ], $message, $vector['now'], $vector['label'] ?? Signer::OWN );
		self::assertSame( $vector['valid'] ? null : $vector['reason'], $reason );
	}

	public function vectors(): array {
		$fixture = Vectors::read( 'signature-vectors' );
		$named   = [];
		foreach ( $fixture['vectors'] as $vector ) {
			$named[ $vector['name'] ] = [ $vector['secret'] ?? $fixture['secret'], $vector ];
		}
		self::assertGreaterThan( 10, count( $named ) );
		return $named;
	}

	public function test_it_makes_the_signature_of_the_specification(): void {
		$signature = ( new Signer() )->sign( self::SECRET, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}' );
		self::assertSame( 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=', $signature );
	}

	public function test_any_bit_flipped_in_body_or_headers_is_refused(): void {
		$signature = ( new Signer() )->sign( self::SECRET, 'msg_1', self::NOW, self::BODY );
		$parts     = [ 'msg_1', (string) self::NOW, $signature, self::BODY ];
		self::assertNull( $this->reason( [ 'current' => self::SECRET ], new Signed_Message( ...$parts ), self::NOW ) );

		$flipped = 0;
		foreach ( $parts as $position => $part ) {
			for ( $bit = 0; $bit < 8 * strlen( $part ); $bit++ ) {
				$byte                 = intdiv( $bit, 8 );
				$changed              = $parts;
				$changed[ $position ] = substr_replace( $part, chr( ord( $part[ $byte ] ) ^ ( 1 << ( $bit % 8 ) ) ), $byte, 1 );
				$message              = new Signed_Message( ...$changed );
				self::assertNotNull( $this->reason( [ 'current' => self::SECRET ], $message, self::NOW ), "Part $position, bit $bit" );
				++$flipped;
			}
		}
		self::assertSame( 8 * strlen( implode( '', $parts ) ), $flipped );
	}

	public function test_it_says_which_of_several_secrets_signed(): void {
		$secrets = [
			'current'  => self::SECRET,
			'previous' => self::OTHER_SECRET,
		];
		foreach ( $secrets as $name => $secret ) {
			$signature = ( new Signer() )->sign( $secret, 'msg_1', self::NOW, self::BODY );
			$message   = new Signed_Message( 'msg_1', (string) self::NOW, $signature, self::BODY );
			self::assertSame( $name, ( new Signer() )->verify( $secrets, $message, self::NOW ) );
		}
	}

	public function test_another_notation_of_the_signed_time_is_refused(): void {
		foreach ( [ '0' . self::NOW, '+' . self::NOW, self::NOW . '.0', ' ' . self::NOW, self::NOW . "\n", '1e9' ] as $timestamp ) {
			$signature = ( new Signer() )->sign( self::SECRET, 'msg_1', self::NOW, self::BODY );
			$message   = new Signed_Message( 'msg_1', $timestamp, $signature, self::BODY );
			self::assertNotNull( $this->reason( [ 'current' => self::SECRET ], $message, self::NOW ), $timestamp );
		}
	}

	public function test_an_invalid_secret_verifies_nothing(): void {
		foreach ( [ '', 'whsec_', 'whsec_!!!', 'no-prefix' ] as $secret ) {
			$message = new Signed_Message( 'msg_1', (string) self::NOW, ( new Signer() )->sign( $secret, 'msg_1', self::NOW, self::BODY ), self::BODY );
			self::assertSame( Signature_Error::INVALID, $this->reason( [ 'current' => $secret ], $message, self::NOW ) );
		}
	}

	public function test_new_secrets_are_32_random_bytes(): void {
		$secret = Signer::new_secret();
		self::assertSame( 1, preg_match( '/^whsec_[A-Za-z0-9+\/]{43}=\z/', $secret ) );
		self::assertNotSame( $secret, Signer::new_secret() );
	}

	private function reason( array $secrets, Signed_Message $message, int $now, string $label = Signer::OWN ): ?string {
		try {
			( new Signer() )->verify( $secrets, $message, $now, $label );
		} catch ( Signature_Error $error ) {
			return $error->getMessage();
		}
		return null;
	}
}
