<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Outbox;

use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Loopback\Endpoint;
use Igny8\Bridge\Loopback\State;
use Igny8\Bridge\Loopback\Tokens;
use Igny8\Bridge\Polling\State as Polling_State;
use Igny8\Bridge\Support\Lock;
use Igny8\Bridge\Tests\Fake_Api;
use WP_Error;

require_once __DIR__ . '/Outbox_Test_Case.php';

/**
 * T61: how a change leaves the site if PHP can't end the response early.
 */
final class Loopback_Test extends Outbox_Test_Case {

	public function test_a_change_is_sent_by_a_request_of_the_site_to_itself_that_nobody_is_signed_in_for(): void {
		self::become_admin();
		self::make_post();
		$this->plugin->outbox->delivery->at_shutdown();

		self::assertCount( 1, $this->api->loopbacks );
		self::assertSame( [], $this->api->requests, 'The request that arrives sends.' );
		$args = $this->api->loopbacks[0];
		self::assertSame( [ 'POST', [], 0 ], [ $args['method'], $args['cookies'], $args['redirection'] ] );
		self::assertLessThanOrEqual( 1, $args['timeout'] );
		self::assertFalse( $args['sslverify'], 'Local certificates are self-signed.' );
		self::assertArrayNotHasKey( 'Authorization', (array) $args['headers'] );
		self::assertSame( 1, preg_match( '/^' . Endpoint::TOKEN . '=[0-9a-f]{64}$/D', $args['body'] ) );

		$this->api_accepts();
		$this->plugin->outbox->delivery->by_loopback();
		self::assertSame( [ self::STATUS ], array_column( $this->api->requests, 'path' ) );
		self::assertSame( [], self::rows() );
	}

	public function test_while_a_request_is_sending_no_further_one_is_made(): void {
		$lock = new Lock( 'outbox', 60 );
		self::assertTrue( $lock->acquire() );
		for ( $i = 0; $i < 5; $i++ ) {
			$this->next_save();
		}
		self::assertSame( [ [], [] ], [ $this->api->loopbacks, $this->api->requests ] );
		$lock->release();
		$this->next_save();
		self::assertCount( 1, $this->api->loopbacks );
	}

	public function test_cron_is_planned_for_what_gets_lost_on_the_way(): void {
		self::make_post();
		$this->plugin->outbox->delivery->at_shutdown();
		self::assertEqualsWithDelta( time() + 60, wp_next_scheduled( Schedule::OUTBOX ), 2 );
		$this->api_accepts();
		do_action( Schedule::OUTBOX );
		self::assertCount( 1, $this->api->requests );
		self::assertSame( [], self::rows() );
	}

	/**
	 * @dataProvider failures
	 */
	public function test_a_site_that_can_not_call_itself_sends_while_the_client_waits( callable $answer ): void {
		$this->api_accepts();
		$this->api->loopback = $answer;
		self::make_post();
		$this->plugin->outbox->delivery->at_shutdown();
		self::assertCount( 1, $this->api->requests );
		self::assertLessThanOrEqual( 2.0, $this->api->requests[0]['args']['timeout'] );
		self::assertSame( [], self::rows() );
		self::assertGreaterThan( time(), ( new State() )->retry_at() );

		$this->next_save();
		self::assertCount( 1, $this->api->loopbacks, 'It is known that it fails.' );
		self::assertCount( 2, $this->api->requests );

		$this->let_time_pass();
		$this->api->loopback = null;
		$this->next_save();
		self::assertCount( 2, $this->api->loopbacks, 'It is tried again.' );
		self::assertCount( 2, $this->api->requests );
		self::assertSame( 0, ( new State() )->retry_at() );
	}

	public function failures(): array {
		return [
			'a password in front' => [ static fn() => Fake_Api::html( 401 ) ],
			'a cached page'       => [ static fn() => Fake_Api::html( 200 ) ],
			'an empty answer of another server' => [ static fn() => Fake_Api::json( 204, [] ) ],
			'refused'             => [ static fn() => new WP_Error( 'http_request_failed', 'cURL error 7: Failed to connect' ) ],
			'no answer in time'   => [ static fn() => new WP_Error( 'http_request_failed', 'cURL error 28: timed out' ) ],
			'blocked'             => [ static fn() => new WP_Error( 'http_request_not_executed', 'User has blocked requests through HTTP.' ) ],
		];
	}

	public function test_pauses_between_tries_grow(): void {
		$this->api_accepts();
		$this->api->loopback = static fn() => Fake_Api::html( 401 );
		foreach ( [ 60, 120, 240 ] as $expected ) {
			$this->next_save();
			self::assertEqualsWithDelta( time() + $expected, ( new State() )->retry_at(), 0.1 * $expected + 2 );
			$this->let_time_pass();
		}
		self::assertCount( 3, $this->api->loopbacks );
	}

	public function test_a_request_that_arrives_but_is_slow_to_answer_sends_this_once(): void {
		$this->api_accepts();
		$this->api->loopback = static function ( array $args ): WP_Error {
			Fake_Api::arrive( $args );
			return new WP_Error( 'http_request_failed', 'cURL error 28: timed out' );
		};
		self::make_post();
		$this->plugin->outbox->delivery->at_shutdown();
		self::assertSame( [], $this->api->requests, 'It is not sent twice.' );
		$this->next_save();
		self::assertCount( 1, $this->api->loopbacks );
		self::assertCount( 2, $this->api->requests );
	}

	public function test_an_outage_of_igny8_slows_one_save_and_not_the_next(): void {
		$this->api->loopback = static fn() => Fake_Api::html( 401 );
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		self::make_post();
		$this->plugin->outbox->delivery->at_shutdown();
		self::assertCount( 1, $this->api->requests );
		for ( $i = 0; $i < 5; $i++ ) {
			$this->next_save();
		}
		self::assertCount( 1, $this->api->requests );
		self::assertCount( 1, $this->api->loopbacks );
		self::assertCount( 6, self::rows() );
	}

	public function test_while_sending_pauses_the_site_does_not_call_itself(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		self::make_post();
		$this->send();
		$this->next_save();
		self::assertSame( [], $this->api->loopbacks );
		self::assertCount( 1, $this->api->requests );
	}

	public function test_with_many_changes_the_client_waits_two_seconds_at_most(): void {
		$this->api->loopback = static fn() => Fake_Api::html( 401 );
		$timeouts            = [];
		$this->api->on(
			'POST',
			self::STATUS,
			static function ( array $body, array $request ) use ( &$timeouts ): array {
				$timeouts[] = $request['args']['timeout'];
				usleep( 400000 );
				return Fake_Api::json( 202, [] );
			}
		);
		for ( $i = 0; $i < 8; $i++ ) {
			self::make_post();
		}
		$started = microtime( true );
		$this->plugin->outbox->delivery->at_shutdown();
		self::assertLessThan( 2.0, microtime( true ) - $started );
		self::assertGreaterThan( 0, count( self::rows() ) );
		foreach ( $timeouts as $index => $timeout ) {
			self::assertLessThanOrEqual( 2.0 - 0.4 * $index, $timeout );
		}
		self::assertEqualsWithDelta( time(), wp_next_scheduled( Schedule::OUTBOX ), 2, 'Cron sends the rest.' );
	}

	public function test_a_token_is_valid_once(): void {
		$tokens = new Tokens();
		$token  = $tokens->issue();
		self::assertStringNotContainsString( $token, self::options_table() );
		self::assertTrue( $tokens->redeem( $token ) );
		self::assertFalse( $tokens->redeem( $token ) );
		self::assertFalse( $tokens->withdraw( $token ), 'So the one who made it knows that it arrived.' );
	}

	public function test_a_token_that_was_taken_back_is_worth_nothing(): void {
		$tokens = new Tokens();
		$token  = $tokens->issue();
		self::assertTrue( $tokens->withdraw( $token ) );
		self::assertFalse( $tokens->redeem( $token ) );
	}

	public function test_a_token_is_valid_for_seconds(): void {
		global $wpdb;
		$tokens = new Tokens();
		$token  = $tokens->issue();
		$wpdb->query( "UPDATE {$wpdb->options} SET option_value = '" . ( time() - Tokens::LIFETIME_S - 1 ) . "' WHERE option_name LIKE 'igny8_loopback_token_%'" );
		self::assertFalse( $tokens->redeem( $token ) );
		self::assertStringContainsString( 'igny8_loopback_token_', self::options_table() );
		do_action( Schedule::DAILY );
		self::assertStringNotContainsString( 'igny8_loopback_token_', self::options_table() );
	}

	/**
	 * @dataProvider no_tokens
	 */
	public function test_nothing_else_is_a_token( string $text ): void {
		( new Tokens() )->issue();
		self::assertFalse( ( new Tokens() )->redeem( $text ) );
	}

	public function no_tokens(): array {
		return [ [ '' ], [ '%' ], [ str_repeat( '0', 64 ) ], [ str_repeat( 'a', 64 ) . "\n" ], [ "' OR '1'='1" ] ];
	}

	public function test_a_site_that_polls_sends_and_then_polls_in_that_request(): void {
		$this->make_poller();
		$this->api_accepts();
		self::make_post();
		$this->end_request();
		do_action( 'igny8_loopback_received' );
		self::assertSame( [ self::STATUS, '/api/v1/integration/integrations/int_1/poll/' ], array_column( $this->api->requests, 'path' ) );
	}

	public function test_a_site_that_polls_and_can_not_call_itself_polls_at_the_next_heartbeat(): void {
		$this->make_poller();
		$this->api_accepts();
		$this->api->loopback = static fn() => Fake_Api::html( 401 );
		self::make_post();
		self::assertFalse( $this->plugin->polling->poller->is_due() );
		$this->plugin->outbox->delivery->at_shutdown();
		self::assertCount( 1, $this->api->requests );
		self::assertTrue( $this->plugin->polling->poller->is_due() );
	}

	private function make_poller(): void {
		update_option(
			Polling_State::OPTION,
			[
				'transport'  => 'polling',
				'interval_s' => 60,
				'last_at'    => time(),
			]
		);
	}

	/**
	 * Another request that changes a post.
	 */
	private function next_save(): void {
		self::make_post();
		$this->plugin->outbox->delivery->at_shutdown();
	}

	private function let_time_pass(): void {
		update_option( State::OPTION, [ 'retry_at' => time() - 1 ] + (array) get_option( State::OPTION ) );
	}
}
