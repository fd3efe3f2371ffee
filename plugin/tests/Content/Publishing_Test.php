<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

use Igny8\Bridge\Doctor\Schedule_Check;
use Igny8\Bridge\Publishing\Overdue_Publisher;

/**
 * When posts go live: dates in the site's time zone, and scheduled posts that WordPress missed.
 *
 * @group environment
 */
final class Publishing_Test extends Content_Test_Case {

	/** Post id => transitions to `publish`. */
	private array $published = [];

	protected function setUp(): void {
		parent::setUp();
		add_action( 'transition_post_status', [ $this, 'note' ], 10, 3 );
	}

	protected function tearDown(): void {
		remove_action( 'transition_post_status', [ $this, 'note' ] );
		remove_all_filters( 'igny8_publish_overdue' );
		parent::tearDown();
	}

	public function note( string $after, string $before, \WP_Post $post ): void {
		if ( 'publish' === $after && 'publish' !== $before ) {
			$this->published[ $post->ID ] = ( $this->published[ $post->ID ] ?? 0 ) + 1;
		}
	}

	/**
	 * @dataProvider dates
	 */
	public function test_T56_both_dates_are_right_in_the_time_zone_of_the_site( string $zone, string $gmt, string $local ): void {
		self::set_zone( $zone );
		$wire = str_replace( ' ', 'T', $gmt ) . 'Z';
		foreach ( [ strtotime( "$gmt UTC" ) > time() ? 'future' : 'publish', 'draft', 'private' ] as $status ) {
			$item = $this->create( [ 'title' => 'Dated', 'status' => $status, 'date' => $wire ] )['item'];
			self::assertSame( [ $status, $wire ], [ $item['status'], $item['date'] ] );
			self::assertSame( [ $gmt, $local ], self::dates_of( $item['id'] ) );
			$this->change( $item, [ 'excerpt' => 'Changes no date' ] );
			self::assertSame( [ $gmt, $local ], self::dates_of( $item['id'] ) );
		}

		$undated = $this->create( [ 'title' => 'Undated' ] )['item'];
		self::assertSame( $wire, $this->change( $undated, [ 'date' => $wire ] )['date'] );
		self::assertSame( [ $gmt, $local ], self::dates_of( $undated['id'] ) );
	}

	public function dates(): array {
		return [
			'winter'                        => [ 'Europe/Berlin', '2025-01-10 11:00:00', '2025-01-10 12:00:00' ],
			'summer'                        => [ 'Europe/Berlin', '2025-07-10 10:00:00', '2025-07-10 12:00:00' ],
			'before clocks go forward'      => [ 'Europe/Berlin', '2025-03-30 00:59:59', '2025-03-30 01:59:59' ],
			'after clocks go forward'       => [ 'Europe/Berlin', '2025-03-30 01:00:00', '2025-03-30 03:00:00' ],
			'the doubled hour'              => [ 'Europe/Berlin', '2025-10-26 00:30:00', '2025-10-26 02:30:00' ],
			'the doubled hour again'        => [ 'Europe/Berlin', '2025-10-26 01:30:00', '2025-10-26 02:30:00' ],
			'the doubled hour to come'      => [ 'Europe/Berlin', '2035-10-28 00:30:00', '2035-10-28 02:30:00' ],
			'the doubled hour again to come' => [ 'Europe/Berlin', '2035-10-28 01:30:00', '2035-10-28 02:30:00' ],
			'half an hour of summer time'   => [ 'Australia/Lord_Howe', '2025-04-05 15:15:00', '2025-04-06 01:45:00' ],
			'half an hour, an hour later'   => [ 'Australia/Lord_Howe', '2025-04-05 14:45:00', '2025-04-06 01:45:00' ],
			'a fixed offset'                => [ '5.75', '2025-06-01 18:15:00', '2025-06-02 00:00:00' ],
			'a fixed offset west'           => [ '-9.5', '2025-06-01 09:29:59', '2025-05-31 23:59:59' ],
			'before 1970'                   => [ 'Europe/Berlin', '1959-06-01 11:00:00', '1959-06-01 12:00:00' ],
			'before time zones'             => [ 'America/New_York', '1850-06-01 12:00:00', '1850-06-01 07:03:58' ],
			'after 2038'                    => [ '2', '2040-02-29 22:30:00', '2040-03-01 00:30:00' ],
			'long after 2038'               => [ '0', '2199-12-31 23:59:59', '2199-12-31 23:59:59' ],
		];
	}

	public function test_T56_an_undated_draft_gets_the_time_of_its_publication(): void {
		self::set_zone( 'Asia/Kathmandu' );
		foreach ( [ 'publish', 'private' ] as $status ) {
			$draft = $this->create( [ 'title' => 'Undated' ] )['item'];
			self::assertNull( $draft['date'] );
			$this->change( $draft, [ 'status' => $status ] );
			list( $gmt, $local ) = self::dates_of( $draft['id'] );
			self::assertEqualsWithDelta( time(), strtotime( "$gmt UTC" ), 5 );
			self::assertSame( get_date_from_gmt( $gmt ), $local );
		}
	}

	public function test_T56_a_post_with_a_local_date_alone_has_this_date(): void {
		self::set_zone( 'Europe/Berlin' );
		$id = self::make_post( [ 'post_date' => '2024-07-01 12:00:00' ] );
		self::set_columns( $id, [ 'post_date_gmt' => '0000-00-00 00:00:00' ] );
		$before = $this->document( $id );
		self::assertSame( '2024-07-01T10:00:00Z', $before['date'] );
		self::assertSame( $before['date'], $this->change( $before, [ 'title' => 'Edited' ] )['date'] );
		self::assertSame( [ '0000-00-00 00:00:00', '2024-07-01 12:00:00' ], self::dates_of( $id ) );

		$draft = self::make_post( [ 'post_status' => 'draft' ] );
		self::assertNull( $this->document( $draft )['date'] );
	}

	public function test_T56_wordpress_is_told_when_to_publish(): void {
		self::set_zone( 'Europe/Berlin' );
		$item = $this->create( [ 'title' => 'Planned', 'status' => 'future', 'date' => '2035-06-01T10:00:00Z' ] )['item'];
		self::assertSame( strtotime( '2035-06-01 10:00:00 UTC' ), wp_next_scheduled( 'publish_future_post', [ $item['id'] ] ) );
		$moved = $this->change( $item, [ 'date' => '2036-06-01T10:00:00Z' ] );
		self::assertSame( strtotime( '2036-06-01 10:00:00 UTC' ), wp_next_scheduled( 'publish_future_post', [ $item['id'] ] ) );
		$draft = $this->change( $moved, [ 'status' => 'draft' ] );
		self::assertSame( $moved['date'], $draft['date'] );
		self::assertFalse( wp_next_scheduled( 'publish_future_post', [ $item['id'] ] ) );
		self::assertSame( [], $this->published );
	}

	public function test_T56_a_date_within_a_minute_is_scheduled_too(): void {
		$item = $this->create( [ 'title' => 'Soon', 'status' => 'future', 'date' => gmdate( 'Y-m-d\TH:i:s\Z', time() + 20 ) ] )['item'];
		self::assertSame( 'future', $this->change( $item, [ 'title' => 'Soon, edited' ] )['status'] );
		self::assertSame( [], $this->published );
	}

	public function test_T56_a_missed_post_is_published_once_with_its_date(): void {
		$id    = $this->missed_post( 600 );
		$dates = self::dates_of( $id );
		self::assertSame( [ $id ], array_column( $this->publisher()->describe()['posts'], 'id' ) );
		$this->publisher()->run();
		$this->publisher()->run();
		check_and_publish_future_post( $id );
		self::assertSame( [ $id => 1 ], $this->published );
		self::assertSame( [ 'publish', $dates ], [ self::row( $id )['post_status'], self::dates_of( $id ) ] );
		self::assertSame( $id, $this->publisher()->describe()['last_published']['id'] );
		self::assertSame( 'schedule_late', $this->plugin->log->entries()[0]['code'] );
	}

	public function test_T56_a_missed_post_is_published_once_by_two_processes(): void {
		$id = $this->missed_post( 600 );
		$this->when_publishing(
			static function () use ( $id ): void {
				self::set_columns( $id, [ 'post_status' => 'publish' ] );
			}
		);
		self::assertSame( [], $this->published, 'The other process runs the hooks.' );
	}

	/**
	 * @dataProvider decisions
	 */
	public function test_T56_a_missed_post_that_somebody_decides_about_meanwhile_is_theirs( array $columns ): void {
		$id = $this->missed_post( 600 );
		$this->when_publishing(
			static function () use ( $id, $columns ): void {
				self::set_columns( $id, $columns );
			}
		);
		self::assertSame( [], $this->published );
		self::assertEquals( $columns, array_intersect_key( self::row( $id ), $columns ) );
	}

	public function decisions(): array {
		return [
			'unscheduled' => [ [ 'post_status' => 'draft' ] ],
			'trashed'     => [ [ 'post_status' => 'trash' ] ],
			'moved'       => [ [ 'post_status' => 'future', 'post_date_gmt' => '2040-01-01 00:00:00' ] ],
		];
	}

	public function test_T56_a_missed_post_is_only_reported_where_publishing_it_is_not_ours(): void {
		$old = $this->missed_post( 2 * DAY_IN_SECONDS );
		$this->missed_post( 60 );
		$this->publisher()->run();
		self::assertSame( [ $old ], array_column( $this->publisher()->describe()['posts'], 'id' ) );

		$this->missed_post( 600 );
		add_filter( 'igny8_publish_overdue', '__return_false' );
		$this->publisher()->run();
		remove_all_filters( 'igny8_publish_overdue' );
		$this->plugin->settings->save_switches( false, true );
		$this->publisher()->run();
		self::assertSame( [], $this->published );
	}

	public function test_T56_the_doctor_names_missed_posts(): void {
		$check = new Schedule_Check( $this->publisher() );
		self::assertSame( 'schedule_kept', $check->run()[0]->code() );
		$id      = $this->missed_post( 3 * HOUR_IN_SECONDS );
		$finding = $check->run()[0]->to_array();
		self::assertSame( [ 'schedule_missed', 'warning' ], [ $finding['code'], $finding['severity'] ] );
		self::assertStringContainsString( "Post $id “Missed”: due ", $finding['evidence'][0] );
		$this->publisher()->run();
		$finding = $check->run()[0]->to_array();
		self::assertSame( [ 'schedule_late', 'info' ], [ $finding['code'], $finding['severity'] ] );
		self::assertStringContainsString( "Post $id: due ", $finding['evidence'][0] );
	}

	private function publisher(): Overdue_Publisher {
		return $this->plugin->publisher;
	}

	/**
	 * A scheduled post whose event WordPress has lost.
	 */
	private function missed_post( int $late_s ): int {
		$id  = self::make_post( [ 'post_title' => 'Missed', 'post_status' => 'draft' ] );
		$gmt = gmdate( 'Y-m-d H:i:s', time() - $late_s );
		self::set_columns( $id, [ 'post_status' => 'future', 'post_date_gmt' => $gmt, 'post_date' => get_date_from_gmt( $gmt ) ] );
		return $id;
	}

	/**
	 * Runs the publisher, and something else just before it changes the row.
	 */
	private function when_publishing( callable $meanwhile ): void {
		$is_done = false;
		$filter  = static function ( string $query ) use ( $meanwhile, &$is_done ): string {
			if ( ! $is_done && 1 === preg_match( "/^UPDATE .* SET post_status = 'publish'/", $query ) ) {
				$is_done = true;
				$meanwhile();
			}
			return $query;
		};
		add_filter( 'query', $filter );
		$this->publisher()->run();
		remove_filter( 'query', $filter );
		self::assertTrue( $is_done );
	}

	/**
	 * @param string $zone Name of a time zone, or hours from Greenwich.
	 */
	private static function set_zone( string $zone ): void {
		update_option( 'timezone_string', is_numeric( $zone ) ? '' : $zone );
		update_option( 'gmt_offset', is_numeric( $zone ) ? $zone : 0 );
	}

	/**
	 * @return string[] post_date_gmt and post_date.
	 */
	private static function dates_of( int $id ): array {
		$row = self::row( $id );
		return [ $row['post_date_gmt'], $row['post_date'] ];
	}
}
