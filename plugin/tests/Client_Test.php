<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Api\Client;
use Igny8\Bridge\Api\Problem_Reader;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use WP_Error;

final class Client_Test extends Site_Test_Case {

	/**
	 * @dataProvider addresses
	 */
	public function test_a_key_is_sent_only_over_https( string $url, bool $safe ): void {
		self::assertSame( $safe, ( new Config( $url ) )->is_api_url_safe() );
		if ( ! $safe ) {
			try {
				( new Client( new Config( $url ), new Problem_Reader() ) )->get( '/api/v1/sites/', self::KEY );
				self::fail( 'It was sent.' );
			} catch ( Failure $failure ) {
				self::assertSame( 'api_url_insecure', $failure->reason() );
			}
			self::assertSame( [], $this->api->requests );
		}
	}

	public function addresses(): array {
		return [
			[ 'https://api.igny8.com', true ],
			[ 'http://127.0.0.1:8787', true ],
			[ 'http://localhost:8787/', true ],
			[ 'http://[::1]:8787', true ],
			[ 'http://api.igny8.com', false ],
			[ 'http://127.0.0.1.evil.example', false ],
			[ 'http://localhost@evil.example', false ],
			[ 'https://user:pass@api.igny8.com', false ],
			[ 'ftp://127.0.0.1', false ],
			[ 'api.igny8.com', false ],
		];
	}

	/**
	 * @dataProvider answers
	 * @param array|WP_Error $answer Of the other side.
	 */
	public function test_every_unexpected_answer_becomes_a_failure_with_advice( $answer, string $code, bool $retryable ): void {
		$this->api->answers_everything_with( $answer );
		try {
			$this->client()->get( '/api/v1/sites/', self::KEY );
			self::fail( 'It was taken for an answer.' );
		} catch ( Failure $failure ) {
			self::assertSame( [ $code, $retryable ], [ $failure->reason(), $failure->is_retryable() ] );
			self::assertNotSame( '', $failure->detail() );
			self::assertNotSame( '', $failure->fix() );
			self::assertStringNotContainsString( self::KEY, $failure->detail() . $failure->fix() );
		}
	}

	public function answers(): array {
		return [
			'a problem'              => [ Fake_Api::problem( 403, 'invalid_api_key' ), 'invalid_api_key', false ],
			'a problem to wait for'  => [ Fake_Api::problem( 503, 'unavailable' ), 'unavailable', true ],
			'not implemented'        => [ Fake_Api::problem( 501, 'unsupported_platform' ), 'unsupported_platform', false ],
			'HTML of a proxy'        => [ Fake_Api::html( 502 ), 'api_unavailable', true ],
			'HTML as a 200'          => [ Fake_Api::html( 200 ), 'api_unavailable', true ],
			'HTML of a firewall'     => [ Fake_Api::html( 403 ), 'unexpected_answer', false ],
			'a redirect'             => [ Fake_Api::json( 302, [], [ 'location' => 'https://evil.example' ] ), 'unexpected_answer', false ],
			'JSON of somebody else'  => [ Fake_Api::json( 404, [ 'error' => 'nope' ] ), 'unexpected_answer', false ],
			'no network'             => [ new WP_Error( 'http_request_failed', 'cURL error 6: Could not resolve host' ), 'api_unreachable', true ],
			'a site that may not'    => [ new WP_Error( 'http_request_not_executed', 'User has blocked requests through HTTP.' ), 'http_blocked', false ],
		];
	}

	public function test_every_field_of_a_problem_document_is_read(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 429, 'too_many_requests', [ 'retry-after' => '30' ] ) );
		try {
			$this->client()->post( '/x/', [], '' );
			self::fail( 'It was taken for an answer.' );
		} catch ( Failure $failure ) {
			self::assertSame( [ 429, 'Title of too_many_requests', 'req_1', 30 ], [ $failure->status(), $failure->title(), $failure->request_id(), $failure->retry_after_s() ] );
			self::assertSame( 'igny8_too_many_requests', $failure->to_wp_error()->get_error_code() );
			self::assertSame( 'Fix of too_many_requests.', $failure->to_wp_error()->get_error_data()['fix'] );
		}
	}

	public function test_a_suspended_account_is_told_in_the_language_of_the_site_and_with_its_pause(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 403, 'account_suspended', [ 'retry-after' => '3600' ] ) );
		try {
			$this->client()->get( '/api/v1/sites/', self::KEY );
			self::fail( 'It was taken for an answer.' );
		} catch ( Failure $failure ) {
			self::assertSame( 'account_suspended', $failure->reason() );
			self::assertSame( __( 'The IGNY8 account of this site is suspended.', 'igny8-wordpress-bridge' ), $failure->detail() );
			self::assertStringNotContainsString( 'Fix of', $failure->fix() );
			self::assertSame( 3600, $failure->retry_after_s() );
			self::assertFalse( $failure->is_retryable() );
		}
	}

	public function test_detail_and_fix_read_as_two_sentences(): void {
		self::assertSame( 'It broke. Fix it.', ( new Failure( 'x', 'It broke', 'Fix it.' ) )->advice() );
		self::assertSame( 'It broke. Fix it.', ( new Failure( 'x', 'It broke.', 'Fix it.' ) )->advice() );
		self::assertSame( 'It broke', ( new Failure( 'x', 'It broke' ) )->advice() );
	}

	public function test_an_empty_body_is_an_object_on_the_wire(): void {
		$this->api->answers_everything_with( Fake_Api::json( 200, [] ) );
		$this->client()->post( '/x/', [], '' );
		self::assertSame( '{}', $this->api->requests[0]['args']['body'] );
		self::assertSame( 'application/json', $this->api->requests[0]['args']['headers']['Content-Type'] );
	}

	public function test_the_log_holds_fifty_lines_and_no_secret(): void {
		for ( $i = 0; $i < 60; $i++ ) {
			$this->plugin->log->info( 'line', "Line $i" );
		}
		$this->plugin->log->error( 'leak', 'They sent back ' . self::KEY . ' and whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw and Authorization: Bearer abc.def' );
		$entries = $this->plugin->log->entries();
		self::assertCount( 50, $entries );
		self::assertSame( 'They sent back [redacted] and [redacted] and Authorization: [redacted]', $entries[0]['message'] );
		self::assertSame( 'Line 59', $entries[1]['message'] );
		self::assertArrayNotHasKey( 'igny8_log', wp_load_alloptions( true ) );
	}

	private function client(): Client {
		return new Client( $this->plugin->config, new Problem_Reader() );
	}
}
