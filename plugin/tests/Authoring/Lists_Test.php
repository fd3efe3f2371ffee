<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Authoring;

use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Lists\Attention;
use Igny8\Bridge\Lists\Bulk_Actions;
use Igny8\Bridge\Lists\Post_Filter;
use Igny8\Bridge\Tests\Content\Content_Test_Case;
use Igny8\Bridge\Tests\Fake_Api;
use WP_Admin_Bar;
use WP_REST_Request;

require_once dirname( __DIR__ ) . '/Content/Content_Test_Case.php';
require_once ABSPATH . WPINC . '/class-wp-admin-bar.php';

/**
 * What the lists of posts show of IGNY8, and what it costs.
 *
 * @group environment
 */
final class Lists_Test extends Content_Test_Case {

	/** Bytes that a list screen may cost. */
	private const MOST_BYTES = 30000;

	/** @var int[] */
	private array $posts = [];

	protected function setUp(): void {
		global $wpdb;

		parent::setUp();
		wp_set_current_user( 1 );
		foreach ( [ 'A', 'B', 'C', 'D' ] as $title ) {
			$this->posts[ $title ] = self::make_post( [ 'post_type' => 'post', 'post_title' => $title ] );
		}
		$this->plugin->outbox->recorder->flush();
		$wpdb->query( "DELETE FROM {$wpdb->prefix}igny8_outbox" );
		( new Left_Alone() )->mark( $this->posts['A'], 1 );
		( new Attention() )->note( $this->posts['B'], 'conflict' );
		$this->plugin->authoring->panel->actions->sync_soon( get_post( $this->posts['C'] ) );
	}

	protected function tearDown(): void {
		$_GET = [];
		parent::tearDown();
	}

	public function test_the_column_says_what_this_site_knows(): void {
		$this->plugin->authoring->lists->hook_lists();
		$html = $this->list();
		foreach ( [ 'A' => [ 'left_alone', 'Left alone' ], 'B' => [ 'conflict', 'Conflict' ], 'C' => [ 'sending', 'On its way to IGNY8' ], 'D' => [ '', '—' ] ] as $title => list( $state, $label ) ) {
			self::assertMatchesRegularExpression( sprintf( '~data-igny8-id="%d" data-igny8-state="%s">.*%s~', $this->posts[ $title ], $state, $label ), $html );
		}
	}

	public function test_the_list_costs_one_query_more_and_little_weight(): void {
		$without = $this->queries( [ $this, 'list' ] );
		$this->plugin->authoring->lists->hook_lists();
		$with = $this->queries(
			function (): void {
				$this->list();
				$this->plugin->authoring->watch->add_dot( new WP_Admin_Bar() );
				ob_start();
				$this->plugin->authoring->watch->render_notice();
				ob_end_clean();
			}
		);
		self::assertLessThanOrEqual( $without + 1, $with );

		$bytes = 0;
		$this->plugin->authoring->lists->enqueue( 'edit.php' );
		$this->plugin->authoring->watch->enqueue();
		foreach ( [ wp_scripts(), wp_styles() ] as $all ) {
			foreach ( $all->registered as $handle => $asset ) {
				if ( 0 === strpos( $handle, 'igny8' ) && wp_script_is( $handle ) | wp_style_is( $handle ) ) {
					$bytes += filesize( str_replace( plugins_url( '', IGNY8_BRIDGE_FILE ), dirname( IGNY8_BRIDGE_FILE ), $asset->src ) ) + strlen( implode( '', array_filter( $asset->extra['before'] ?? [] ) ) );
					self::assertSame( [], $asset->deps, "$handle brings nothing else." );
				}
			}
		}
		$bytes += strlen( implode( '', array_filter( wp_styles()->registered['admin-bar']->extra['after'] ?? [] ) ) );
		self::assertGreaterThan( 5000, $bytes );
		self::assertLessThan( self::MOST_BYTES, $bytes );
	}

	public function test_nothing_of_it_is_hooked_for_visitors(): void {
		global $wp_filter;

		$hooks = [];
		foreach ( $wp_filter as $hook => $filters ) {
			foreach ( $filters->callbacks as $callbacks ) {
				foreach ( $callbacks as $callback ) {
					$function = $callback['function'];
					$class    = is_array( $function ) && is_object( $function[0] ) ? get_class( $function[0] ) : '';
					if ( 1 === preg_match( '~^Igny8\\\\Bridge\\\\(Panel|Lists|Authoring|Watch|Dashboard|Health|Privacy|Network|Connectors)\\\\~', $class ) ) {
						$hooks[] = $hook;
					}
				}
			}
		}
		self::assertNotEmpty( $hooks );
		$hooks = array_values( array_unique( $hooks ) );
		sort( $hooks );
		self::assertSame( [ 'rest_api_init', 'site_status_tests' ], $hooks, 'Nothing that a visitor’s request runs.' );
	}

	/**
	 * @dataProvider filters
	 */
	public function test_the_filter_finds_posts_within_the_lists_own_query( string $choice, array $titles ): void {
		$this->plugin->authoring->lists->hook_lists();
		$_GET[ Post_Filter::FIELD ] = $choice;
		$html                       = $this->list();
		foreach ( $this->posts as $title => $id ) {
			self::assertSame( in_array( $title, $titles, true ), false !== strpos( $html, "data-igny8-id=\"$id\"" ), (string) $title );
		}
	}

	public function filters(): array {
		return [
			'left alone' => [ Post_Filter::LEFT_ALONE, [ 'A' ] ],
			'attention'  => [ Post_Filter::ATTENTION, [ 'B' ] ],
			'waiting'    => [ Post_Filter::WAITING, [ 'C' ] ],
			'nonsense'   => [ "x' OR 1=1 --", [ 'A', 'B', 'C', 'D' ] ],
		];
	}

	public function test_other_queries_of_the_page_are_not_filtered(): void {
		$this->plugin->authoring->lists->hook_lists();
		$_GET[ Post_Filter::FIELD ] = Post_Filter::LEFT_ALONE;
		self::assertCount( 4, get_posts( [ 'post_type' => 'post', 'include' => array_values( $this->posts ), 'suppress_filters' => false ] ) );
	}

	public function test_bulk_actions_act_on_each_post_that_this_person_may_edit(): void {
		$bulk   = new Bulk_Actions( $this->plugin->authoring->panel->actions );
		$author = self::make_user( 'author' );
		$own    = self::make_post( [ 'post_type' => 'post', 'post_author' => $author ] );
		wp_set_current_user( $author );
		$url = $bulk->handle( 'edit.php?paged=2', Bulk_Actions::LEAVE_ALONE, [ (string) $own, (string) $this->posts['D'], 'x' ] );
		self::assertStringContainsString( 'igny8_count=1', $url );
		self::assertStringContainsString( 'igny8_skipped=2', $url );
		self::assertSame( [ $own => true ], ( new Left_Alone() )->among( [ $own, $this->posts['D'] ] ) );
		self::assertStringContainsString( 'igny8_count=1', $bulk->handle( 'edit.php', Bulk_Actions::SYNC_AGAIN, [ $own ] ) );
		self::assertFalse( ( new Left_Alone() )->has( $own ) );
		self::assertStringContainsString( 'igny8_count=1', $bulk->handle( 'edit.php', Bulk_Actions::SYNC, [ $own, $this->posts['D'] ] ) );
		self::assertSame( 'edit.php', $bulk->handle( 'edit.php', 'trash', [ $own ] ) );
	}

	public function test_the_notice_after_a_bulk_action_says_what_was_done_and_nothing_from_outside(): void {
		$bulk = new Bulk_Actions( $this->plugin->authoring->panel->actions );
		$_GET = [ 'igny8_done' => Bulk_Actions::LEAVE_ALONE, 'igny8_count' => '2', 'igny8_skipped' => '<b>1' ];
		ob_start();
		$bulk->render_notice();
		self::assertStringContainsString( 'Posts that IGNY8 leaves alone from now on: 2.', (string) ob_get_clean() );
		$_GET = [ 'igny8_done' => '<script>' ];
		ob_start();
		$bulk->render_notice();
		self::assertSame( '', ob_get_clean() );
	}

	public function test_states_are_asked_for_all_posts_of_the_page_at_once_and_note_what_needs_somebody(): void {
		$ids   = array_values( $this->posts );
		$items = [ $this->item( 'A', 'synced' ), $this->item( 'B', 'synced' ), $this->item( 'D', 'failed' ) ];
		$this->api->on( 'GET', '/api/v1/sites/site_1/content/?external_id=' . rawurlencode( implode( ',', $ids ) ) . '&limit=100', Fake_Api::json( 200, [ 'results' => $items, 'next' => null ] ) );
		$states = array_column( $this->ask( $ids )->get_data(), 'state', 'id' );
		self::assertSame( [ 'left_alone', 'synced', 'sending', 'failed' ], array_values( $states ) );
		self::assertCount( 1, $this->api->requests );
		$attention = new Attention();
		self::assertSame( [ '', '', '', 'failed' ], array_map( [ $attention, 'of' ], $ids ) );
	}

	public function test_states_are_for_those_who_may_edit_the_posts(): void {
		$ids = array_values( $this->posts );
		wp_set_current_user( 0 );
		self::assertSame( 401, $this->ask( $ids )->get_status() );
		wp_set_current_user( self::make_user( 'subscriber' ) );
		self::assertSame( 403, $this->ask( $ids )->get_status() );
		wp_set_current_user( self::make_user( 'author' ) );
		self::assertSame( [], $this->ask( $ids )->get_data() );
		self::assertSame( [], $this->api->requests );
		wp_set_current_user( 1 );
		self::assertSame( 400, $this->ask( range( 1, 101 ) )->get_status() );
	}

	private function ask( array $ids ): \WP_REST_Response {
		$request = new WP_REST_Request( 'GET', '/igny8/v1/post-states' );
		$request->set_query_params( [ 'ids' => $ids ] );
		return self::dispatch( $request );
	}

	private function item( string $title, string $state ): array {
		return [ 'id' => "item_$title", 'state' => $state, 'external_id' => (string) $this->posts[ $title ] ];
	}

	/**
	 * The list of posts as wp-admin renders it.
	 */
	private function list(): string {
		$GLOBALS['hook_suffix'] = 'edit.php';
		set_current_screen( 'edit-post' );
		$_REQUEST = [ 'post_type' => 'post' ];
		$_GET     = $_GET + $_REQUEST;
		foreach ( $this->posts as $id ) {
			clean_post_cache( $id );
		}
		// The screen keeps its columns from the first time it was asked.
		$table = _get_list_table( 'WP_Posts_List_Table', [ 'screen' => 'edit-post' ] );
		$table->prepare_items();
		ob_start();
		$table->display();
		return (string) ob_get_clean();
	}

	private function queries( callable $task ): int {
		global $wpdb;
		$task();
		$before = $wpdb->num_queries;
		$task();
		return $wpdb->num_queries - $before;
	}
}
