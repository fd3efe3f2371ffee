<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Outbox;

use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Security\Signed_Message;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Tests\Fake_Api;
use WP_Error;

require_once __DIR__ . '/Outbox_Test_Case.php';

/**
 * P6, T7: how changes are sent, and what happens if IGNY8 does not accept them.
 */
final class Sending_Test extends Outbox_Test_Case {

	public function test_an_event_names_the_post_and_is_signed(): void {
		$this->api_accepts();
		$id = self::make_post( [ 'post_modified_gmt' => '2026-11-21 10:00:00' ] );
		self::set_columns( $id, [ 'post_modified_gmt' => '2026-11-21 10:00:00' ] );
		$this->end_request();
		$message = self::outbox_row( $id )['message_id'];
		$this->plugin->outbox->sender->send( 5000 );

		$request = $this->api->requests[0];
		self::assertSame( [ 'POST', self::STATUS ], [ $request['method'], $request['path'] ] );
		self::assertSame( [ 'event' => 'post.status', 'post_id' => $id, 'post_type' => self::TYPE, 'status' => 'publish', 'modified_gmt' => '2026-11-21T10:00:00Z' ], $request['body'] );
		self::assertSame( 'Bearer ' . self::KEY, $request['authorization'] );
		$headers = $request['args']['headers'];
		self::assertSame( [ self::KEY, 'application/json', $message ], [ $headers['X-IGNY8-Key'], $headers['Content-Type'], $headers['webhook-id'] ] );
		$signed = new Signed_Message( $headers['webhook-id'], $headers['webhook-timestamp'], $headers['webhook-signature'], $request['args']['body'] );
		self::assertSame( 'current', ( new Signer() )->verify( $this->plugin->keys->signing_secrets(), $signed, time() ) );
		self::assertSame( 0, $request['args']['redirection'] );
		self::assertSame( [], self::rows() );
	}

	public function test_an_event_names_who_made_the_change_and_a_later_one_by_nobody_keeps_them(): void {
		$this->api_accepts();
		$id   = $this->make_known_post();
		$user = (int) wp_insert_user( [ 'user_login' => 'ada', 'user_pass' => 'x', 'display_name' => 'Ada', 'role' => 'editor' ] );
		wp_set_current_user( $user );
		wp_update_post( [ 'ID' => $id, 'post_title' => 'By Ada' ] );
		$this->end_request();
		wp_set_current_user( 0 );
		wp_update_post( [ 'ID' => $id, 'post_title' => 'By a plugin' ] );
		$this->send();
		self::assertSame( 'Ada', $this->api->last_body( 'POST', self::STATUS )['saved_by'] );

		wp_update_post( [ 'ID' => $id, 'post_title' => 'Later' ] );
		$this->send();
		self::assertArrayNotHasKey( 'saved_by', $this->api->last_body( 'POST', self::STATUS ) );
	}

	public function test_every_kind_has_its_own_route(): void {
		$this->api_accepts();
		$meta   = $this->make_known_post();
		$gone   = $this->make_known_post();
		$silent = $this->make_known_post();
		update_post_meta( $meta, 'place', 'x' );
		wp_delete_post( $gone, true );
		wp_update_post( [ 'ID' => $silent, 'post_title' => 'x' ] );
		self::delete_silently( $silent );
		$this->plugin->outbox->recorder->record_digest();
		$this->send();

		$given = [];
		foreach ( $this->api->requests as $request ) {
			$given[ $request['body']['event'] . ' ' . ( $request['body']['post_id'] ?? '' ) ] = $request['path'];
		}
		self::assertEquals( [ "post.metadata $meta" => self::METADATA, "post.deleted $gone" => self::STATUS, "post.deleted $silent" => self::STATUS, 'site.digest ' => self::STATUS ], $given );
		self::assertSame( [], self::rows() );
	}

	public function test_an_event_describes_the_post_at_the_time_of_sending(): void {
		$this->api_accepts();
		$id = $this->make_known_post();
		wp_update_post( [ 'ID' => $id, 'post_status' => 'draft' ] );
		$this->end_request();
		wp_update_post( [ 'ID' => $id, 'post_status' => 'private' ] );
		$this->send();
		self::assertSame( [ 'private' ], array_column( array_column( $this->api->requests, 'body' ), 'status' ) );
	}

	/**
	 * @dataProvider refusals
	 */
	public function test_while_igny8_is_down_pauses_grow( callable $answer ): void {
		$id = self::make_post();
		self::make_post();
		$this->end_request();
		$message = self::outbox_row( $id )['message_id'];
		$this->api->answers_everything_with( $answer() );
		foreach ( [ 60, 120, 240, 480, 960, 1920, 3600, 3600 ] as $expected ) {
			$this->send();
			$until = $this->paused_until();
			self::assertEqualsWithDelta( time() + $expected, $until, 0.1 * $expected + 2 );
			self::assertCount( 1, $this->api->requests, 'One request is enough to know.' );
			self::assertSame( $message, $this->api->requests[0]['args']['headers']['webhook-id'] );
			$this->api->requests = [];
			$this->send();
			self::assertSame( [], $this->api->requests, 'Not before its time.' );
			$this->let_time_pass();
		}
		self::assertCount( 2, self::rows() );

		$this->api_accepts();
		$this->api->answers_everything_with( Fake_Api::json( 202, [] ) );
		$this->send();
		self::assertSame( [], self::rows() );
		self::assertFalse( get_option( 'igny8_outbox' ) );
	}

	public function refusals(): array {
		return [
			'down'        => [ static fn() => Fake_Api::problem( 500, 'internal_error' ) ],
			'unreachable' => [ static fn() => new WP_Error( 'http_request_failed', 'cURL error 28: timed out' ) ],
			'a proxy'     => [ static fn() => Fake_Api::html( 200 ) ],
			'not stored'  => [ static fn() => Fake_Api::json( 200, [] ) ],
			'key revoked' => [ static fn() => Fake_Api::problem( 401, 'api_key_revoked' ) ],
			'not there'   => [ static fn() => Fake_Api::problem( 404, 'not_found' ) ],
		];
	}

	public function test_retry_after_is_honoured(): void {
		self::make_post();
		$this->api->answers_everything_with( Fake_Api::problem( 429, 'too_many_requests', [ 'retry-after' => '7300' ] ) );
		$this->send();
		self::assertEqualsWithDelta( time() + 7300, $this->paused_until(), 1 );
		do_action( Schedule::OUTBOX );
		self::assertCount( 1, $this->api->requests );
		self::assertEqualsWithDelta( time() + 7300, wp_next_scheduled( Schedule::OUTBOX ), 1 );
	}

	public function test_a_refused_event_is_repeated_and_does_not_block_others(): void {
		$bad  = self::make_post();
		$good = self::make_post();
		$this->api->on(
			'POST',
			self::STATUS,
			static function ( array $body ) use ( $bad ): array {
				return $body['post_id'] === $bad ? Fake_Api::problem( 400, 'validation_error' ) : Fake_Api::json( 202, [] );
			}
		);
		$this->send();
		self::assertSame( [ "status $bad" ], self::rows() );
		self::assertCount( 2, $this->api->requests );
		self::assertSame( '1', self::outbox_row( $bad )['attempts'] );
		self::assertEqualsWithDelta( time() + 60, (int) self::outbox_row( $bad )['due_at'], 8 );
		self::assertSame( 'validation_error', $this->plugin->outbox->report->describe()['last_error']['code'] );
		self::assertGreaterThan( 0, $good );
	}

	public function test_an_edit_while_its_event_is_being_sent_is_sent_too(): void {
		$id = self::make_post();
		$this->end_request();
		$sent = [];
		$this->api->on(
			'POST',
			self::STATUS,
			function ( array $body, array $request ) use ( $id, &$sent ): array {
				if ( [] === $sent ) {
					wp_update_post( [ 'ID' => $id, 'post_title' => 'Meanwhile' ] );
					$this->end_request();
				}
				$sent[] = $request['args']['headers']['webhook-id'];
				return Fake_Api::json( 202, [] );
			}
		);
		$this->plugin->outbox->sender->send( 5000 );
		self::assertCount( 2, array_unique( $sent ) );
		self::assertSame( [], self::rows() );
	}

	public function test_two_processes_do_not_send_at_once(): void {
		self::make_post();
		$this->api_accepts();
		$lock = new \Igny8\Bridge\Support\Lock( 'outbox', 60 );
		self::assertTrue( $lock->acquire() );
		$this->send();
		self::assertSame( [], $this->api->requests );
		$lock->release();
		$this->send();
		self::assertCount( 1, $this->api->requests );
	}

	public function test_what_is_recorded_while_another_process_sends_is_sent_by_that_process(): void {
		$late  = $this->make_known_post();
		$first = self::make_post();
		$this->end_request();
		$sent = [];
		add_filter(
			'query',
			// The last moment at which the sending process holds the lock.
			function ( string $sql ) use ( $late, &$sent ): string {
				if ( [] !== $sent && 0 === strpos( $sql, 'DELETE' ) && false !== strpos( $sql, 'igny8_lock_outbox' ) && [] === self::rows() ) {
					remove_all_filters( 'query' );
					wp_update_post( [ 'ID' => $late, 'post_title' => 'Meanwhile' ] );
					$this->end_request();
					$this->plugin->outbox->sender->send( 5000 );
					self::assertCount( 1, $sent, 'The other process holds the lock.' );
				}
				return $sql;
			}
		);
		$this->api->on(
			'POST',
			self::STATUS,
			static function ( array $body ) use ( &$sent ): array {
				$sent[] = $body['post_id'];
				return Fake_Api::json( 202, [] );
			}
		);
		$this->plugin->outbox->sender->send( 5000 );
		self::assertSame( [ $first, $late ], $sent );
		self::assertSame( [], self::rows() );
	}

	public function test_sending_ends_in_time_and_the_rest_waits_for_the_next_run(): void {
		for ( $i = 0; $i < 20; $i++ ) {
			self::make_post();
		}
		$slow = static function (): array {
			usleep( 30000 );
			return Fake_Api::json( 202, [] );
		};
		$this->api->on( 'POST', self::STATUS, $slow );
		$started = microtime( true );
		$this->send( 200 );
		self::assertLessThan( 1.0, microtime( true ) - $started );
		self::assertGreaterThan( 0, count( self::rows() ) );
		self::assertLessThan( 20, count( self::rows() ) );
		do_action( Schedule::OUTBOX );
		self::assertSame( [], self::rows() );
	}

	public function test_at_the_end_of_a_cron_run_the_outbox_is_sent_at_once(): void {
		$this->api_accepts();
		add_filter( 'wp_doing_cron', '__return_true' );
		self::make_post();
		$this->plugin->outbox->delivery->at_shutdown();
		self::assertCount( 1, $this->api->requests );
		self::assertSame( [], self::rows() );
		$this->plugin->outbox->delivery->at_shutdown();
		self::assertCount( 1, $this->api->requests );
	}

	public function test_a_request_without_changes_runs_no_query_at_its_end(): void {
		global $wpdb;
		$before = $wpdb->num_queries;
		$this->plugin->outbox->delivery->at_shutdown();
		self::assertSame( $before, $wpdb->num_queries );
	}

	public function test_status_describes_the_outbox(): void {
		$data = $this->run_command( 'status', [] );
		self::assertSame( [ 'pending' => 0, 'oldest_at' => null, 'needs_digest' => false, 'last_error' => null ], $data['outbox'] );
		self::make_post();
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		$this->send();
		$this->plugin->outbox->recorder->record_digest();
		$outbox = $this->run_command( 'status', [] )['outbox'];
		self::assertSame( [ 1, true, 'unavailable', 'Detail of unavailable.' ], [ $outbox['pending'], $outbox['needs_digest'], $outbox['last_error']['code'], $outbox['last_error']['detail'] ] );
		self::assertEqualsWithDelta( time(), $outbox['oldest_at'], 2 );
		self::assertSame( [ 'code', 'detail', 'at' ], array_keys( $outbox['last_error'] ) );

		delete_option( 'igny8_tables' );
		self::assertSame( [ true, 'tables_missing' ], [ $this->run_command( 'status', [] )['outbox']['needs_digest'], $this->run_command( 'status', [] )['outbox']['last_error']['code'] ] );
	}

	public function test_without_a_usable_key_nothing_leaves_the_site(): void {
		self::make_post();
		$this->plugin->keys->clear();
		$this->send();
		self::assertSame( [], $this->api->requests );
		self::assertSame( 'key_unreadable', $this->plugin->outbox->report->describe()['last_error']['code'] );
		self::assertCount( 1, self::rows() );
	}

	public function test_an_outage_is_logged_once(): void {
		self::make_post();
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		for ( $i = 0; $i < 5; $i++ ) {
			$this->send();
			$this->let_time_pass();
		}
		self::assertCount( 1, array_keys( self::log_codes( $this->plugin ), 'unavailable', true ) );
		self::assertStringNotContainsString( self::KEY, self::options_table() );
	}

	private function paused_until(): int {
		return (int) get_option( 'igny8_outbox' )['paused_until'];
	}

	private function let_time_pass(): void {
		$state                 = get_option( 'igny8_outbox' );
		$state['paused_until'] = time() - 1;
		update_option( 'igny8_outbox', $state );
	}

	private static function delete_silently( int $id ): void {
		global $wpdb;
		$wpdb->delete( $wpdb->posts, [ 'ID' => $id ] );
		clean_post_cache( $id );
	}
}
