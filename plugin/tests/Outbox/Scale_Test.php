<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Outbox;

use Igny8\Bridge\Outbox\Outbox;
use Igny8\Bridge\Tests\Fake_Api;

require_once __DIR__ . '/Outbox_Test_Case.php';

/**
 * T9: an outage of a day.
 */
final class Scale_Test extends Outbox_Test_Case {

	public function test_ten_thousand_edits_during_an_outage_are_all_sent_afterwards(): void {
		global $wpdb;

		$ids = [];
		for ( $i = 0; $i < 100; $i++ ) {
			$ids[] = self::make_post();
		}
		$this->end_request();
		self::forget_rows();
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );

		// This many edits of a hundred posts, ten per request, and this many posts edited once.
		$edits   = self::is_sqlite() ? 1000 : 10000;
		$posts   = array_map( 'get_post', $ids );
		$started = microtime( true );
		for ( $i = 0; $i < $edits; $i++ ) {
			$post = $posts[ $i % 100 ];
			do_action( 'wp_after_insert_post', $post->ID, $post, true, $post );
			0 === $i % 10 && $this->end_request();
		}
		$this->end_request();
		self::assertCount( 100, self::rows() );
		for ( $id = 1000001; $id <= 1000000 + $edits; $id++ ) {
			$this->plugin->outbox->recorder->record( Outbox::STATUS, $id, self::TYPE, 'publish' );
		}
		$this->end_request();
		$per_edit = ( microtime( true ) - $started ) / ( 2 * $edits );
		// Slower on SQLite, whose drivers translate every query in PHP.
		self::assertLessThan( self::is_sqlite() ? 0.020 : 0.004, $per_edit, 'Seconds for an edit.' );

		$this->send();
		self::assertCount( 1, $this->api->requests );
		$summary = $this->plugin->outbox->report->describe();
		self::assertSame( [ 100 + $edits, false ], [ $summary['pending'], $summary['needs_digest'] ] );
		self::assertEqualsWithDelta( time(), $summary['oldest_at'], 120 );

		$given = [];
		delete_option( 'igny8_outbox' );
		remove_filter( 'pre_http_request', [ $this->api, 'answer' ], PHP_INT_MAX );
		add_filter(
			'pre_http_request',
			static function ( $preempt, array $args ) use ( &$given ): array {
				$given[] = json_decode( $args['body'], true )['post_id'];
				return Fake_Api::json( 202, [] );
			},
			10,
			2
		);
		$started = microtime( true );
		$this->send( 120000 );
		self::assertLessThan( 60.0, microtime( true ) - $started );
		self::assertSame( '0', $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}igny8_outbox" ) );
		self::assertCount( 100 + $edits, $given );
		self::assertCount( 100 + $edits, array_unique( $given ) );
	}

	public function test_an_overflowing_outbox_is_replaced_by_a_request_for_a_full_comparison(): void {
		$outbox = new Outbox( 50 );
		for ( $id = 1; $id <= 120; $id++ ) {
			$outbox->put( [ [ 'post_id' => $id, 'kind' => Outbox::STATUS, 'post_type' => 'post', 'status' => 'publish' ] ] );
			self::assertNotSame( [], self::rows() );
		}
		$rows = self::rows();
		self::assertSame( 'digest 0', $rows[0] );
		self::assertContains( 'status 120', $rows );
		self::assertLessThanOrEqual( 100, count( $rows ) );
		self::assertTrue( $outbox->summary()['needs_digest'] );
	}

	public function test_the_default_capacity_is_respected(): void {
		$rows = [];
		for ( $id = 1; $id <= Outbox::CAPACITY + 600; $id++ ) {
			$rows[] = [ 'post_id' => $id, 'kind' => Outbox::STATUS, 'post_type' => 'post', 'status' => 'publish' ];
		}
		$outbox = new Outbox();
		$outbox->put( array_slice( $rows, 0, Outbox::CAPACITY ) );
		self::assertFalse( $outbox->summary()['needs_digest'] );
		self::assertSame( Outbox::CAPACITY, $outbox->summary()['pending'] );
		$outbox->put( array_slice( $rows, Outbox::CAPACITY ) );
		$summary = $outbox->summary();
		self::assertTrue( $summary['needs_digest'] );
		self::assertLessThanOrEqual( 600, $summary['pending'] );
	}
}
