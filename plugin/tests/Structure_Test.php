<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Structure\Gatherer;
use Igny8\Bridge\Structure\Label;
use WP_Posts_List_Table;

/**
 * P3: igny8_get_site_structure().
 *
 * @group environment
 */
final class Structure_Test extends Site_Test_Case {

	public function test_it_lists_every_public_post_type_and_taxonomy(): void {
		register_post_type( 'event', [ 'public' => true, 'label' => 'Events', 'show_in_rest' => false ] );
		register_post_type( 'secret', [ 'public' => false, 'label' => 'Secrets' ] );
		register_taxonomy( 'venue', [ 'event', 'secret' ], [ 'public' => true, 'label' => 'Venues', 'show_in_rest' => false ] );

		$structure = igny8_get_site_structure();
		self::assertEqualsCanonicalizing( array_keys( get_post_types( [ 'public' => true ] ) ), array_keys( $structure['post_types'] ) );
		self::assertEqualsCanonicalizing( array_keys( get_taxonomies( [ 'public' => true ] ) ), array_keys( $structure['taxonomies'] ) );
		self::assertArrayNotHasKey( 'secret', $structure['post_types'] );

		$expected = [ 'label' => 'Events', 'count' => 0, 'enabled' => true, 'denied' => false, 'has_trash' => true ];
		self::assertSame( $expected, $structure['post_types']['event'] );
		$expected = [ 'label' => 'Venues', 'count' => 0, 'enabled' => true, 'denied' => false, 'post_types' => [ 'event' ] ];
		self::assertSame( $expected, $structure['taxonomies']['venue'] );
	}

	public function test_posts_are_counted_as_wp_admin_counts_them(): void {
		register_post_type( 'event', [ 'public' => true, 'label' => 'Events' ] );
		register_post_status( 'archived', [ 'label' => 'Archived', 'public' => true ] );
		register_post_status( 'hidden', [ 'label' => 'Hidden', 'public' => true, 'show_in_admin_all_list' => false ] );
		foreach ( [ 'publish', 'publish', 'draft', 'pending', 'private', 'future', 'trash', 'auto-draft', 'archived', 'hidden', 'inherit' ] as $i => $status ) {
			$post = [ 'post_type' => 'event', 'post_status' => $status, 'post_title' => "Event $i" ];
			if ( 'future' === $status ) {
				$post['post_date'] = gmdate( 'Y-m-d H:i:s', time() + WEEK_IN_SECONDS );
			}
			self::assertGreaterThan( 0, wp_insert_post( $post ) );
		}

		$count = igny8_get_site_structure()['post_types']['event']['count'];
		self::assertSame( 7, $count );
		self::assertSame( $this->all_in_wp_admin( 'event' ), $count );
	}

	public function test_media_are_counted_as_the_media_library_counts_them(): void {
		$before = igny8_get_site_structure()['post_types']['attachment'];
		self::assertFalse( $before['enabled'] );
		foreach ( [ 'image/png', 'application/pdf' ] as $type ) {
			wp_insert_attachment( [ 'post_title' => $type, 'post_mime_type' => $type ] );
		}
		wp_insert_attachment( [ 'post_title' => 'gone', 'post_mime_type' => 'image/png', 'post_status' => 'trash' ] );
		wp_cache_flush();
		self::assertSame( $before['count'] + 2, igny8_get_site_structure()['post_types']['attachment']['count'] );
	}

	public function test_empty_terms_are_counted_too(): void {
		$before = igny8_get_site_structure()['taxonomies']['category']['count'];
		wp_insert_term( 'Empty one', 'category' );
		wp_insert_term( 'Empty two', 'category' );
		self::assertSame( $before + 2, igny8_get_site_structure()['taxonomies']['category']['count'] );
	}

	public function test_it_runs_one_query_per_type_whatever_the_number_of_posts(): void {
		global $wpdb;

		for ( $i = 0; $i < 30; $i++ ) {
			wp_insert_term( "Term $i", 'category' );
			wp_insert_post( [ 'post_title' => "Post $i", 'post_status' => 'publish' ] );
		}
		wp_cache_flush();
		$before    = $wpdb->num_queries;
		$structure = igny8_get_site_structure();
		$types     = count( $structure['post_types'] ) + count( $structure['taxonomies'] );
		// Attachments take two queries, and so do the authors; options are read once.
		self::assertLessThanOrEqual( $types + 6, $wpdb->num_queries - $before );
	}

	public function test_it_contains_the_owners_choices(): void {
		$this->plugin->settings->save_types( 'post_types', [ 'page' => false, 'attachment' => true ] );
		$this->plugin->settings->save_types( 'taxonomies', [ 'post_tag' => false ] );
		$this->plugin->settings->save_switches( true, false );

		$structure = igny8_get_site_structure();
		self::assertSame( [ false, true ], [ $structure['post_types']['page']['enabled'], $structure['post_types']['page']['denied'] ] );
		self::assertFalse( $structure['post_types']['post']['denied'] );
		self::assertTrue( $structure['post_types']['attachment']['enabled'] );
		self::assertTrue( $structure['post_types']['post']['enabled'] );
		self::assertFalse( $structure['taxonomies']['post_tag']['enabled'] );
		self::assertTrue( $structure['plugin_connection_enabled'] );
		self::assertFalse( $structure['two_way_sync_enabled'] );
	}

	public function test_it_names_the_time_zone_of_the_site(): void {
		update_option( 'timezone_string', 'Europe/Berlin' );
		self::assertSame( 'Europe/Berlin', igny8_get_site_structure()['timezone'] );

		update_option( 'timezone_string', '' );
		update_option( 'gmt_offset', '5.5' );
		self::assertSame( '+05:30', igny8_get_site_structure()['timezone'] );
	}

	public function test_the_choice_for_a_temporarily_missing_type_is_kept(): void {
		$this->plugin->settings->save_types( 'post_types', [ 'event' => false ] );
		$this->plugin->settings->save_types( 'post_types', [ 'post' => true ] );
		self::assertFalse( $this->plugin->settings->is_type_enabled( 'post_types', 'event' ) );
	}

	public function test_what_the_owner_allows_is_not_switched_on_by_that(): void {
		$this->plugin->settings->save_types( 'post_types', [ 'page' => false, 'attachment' => false ] );
		self::assertTrue( $this->plugin->settings->is_denied( 'post_types', 'page' ), 'An earlier version stored it.' );
		self::assertFalse( $this->plugin->settings->is_denied( 'post_types', 'attachment' ), 'It was off by default, so nobody decided.' );
		$this->plugin->settings->save_allowed( 'post_types', [ 'page' => true, 'attachment' => true, 'post' => false ] );
		$types = igny8_get_site_structure()['post_types'];
		self::assertSame( [ false, true ], [ $types['page']['denied'], $types['page']['enabled'] ] );
		self::assertSame( [ false, false ], [ $types['attachment']['denied'], $types['attachment']['enabled'] ] );
		self::assertSame( [ true, false ], [ $types['post']['denied'], $types['post']['enabled'] ] );
	}

	/**
	 * A plugin for languages filters the counts of wp-admin; IGNY8 lists every post, so it counts every post.
	 */
	public function test_counts_are_those_of_the_posts_that_are_listed_whatever_plugins_and_caches_say(): void {
		$before = igny8_get_site_structure()['post_types']['page']['count'];
		register_post_status( 'igny8_hidden', [ 'internal' => true ] );
		register_post_status( 'igny8_shown', [ 'public' => false, 'show_in_admin_all_list' => true ] );
		add_filter( 'wp_count_posts', static fn() => (object) [ 'publish' => 99999 ] );
		wp_cache_set( _count_posts_cache_key( 'page' ), (object) [ 'publish' => 77777 ], 'counts' );
		foreach ( [ 'publish', 'private', 'draft', 'igny8_shown', 'igny8_hidden', 'trash', 'auto-draft', 'gone_with_its_plugin' ] as $status ) {
			wp_insert_post( [ 'post_type' => 'page', 'post_title' => $status, 'post_status' => $status ] );
		}
		self::assertSame( $before + 5, igny8_get_site_structure()['post_types']['page']['count'] );
	}

	public function test_names_the_api_would_refuse_are_left_out_and_logged(): void {
		register_taxonomy( 'pa_gr%c3%b6%c3%9fe', 'post', [ 'public' => true, 'label' => 'Größe' ] );
		$structure = igny8_get_site_structure();
		self::assertArrayNotHasKey( 'pa_gr%c3%b6%c3%9fe', $structure['taxonomies'] );
		self::assertArrayHasKey( 'category', $structure['taxonomies'] );
		self::assertContains( 'taxonomies_left_out', self::log_codes( $this->plugin ) );
	}

	public function test_a_site_with_thousands_of_types_sends_what_the_api_accepts(): void {
		for ( $i = 0; $i < 600; $i++ ) {
			register_taxonomy( "tax_$i", 'post', [ 'public' => true, 'rewrite' => false, 'query_var' => false ] );
		}
		self::assertCount( Gatherer::MOST_TYPES, igny8_get_site_structure()['taxonomies'] );
		self::assertContains( 'taxonomies_left_out', self::log_codes( $this->plugin ) );
	}

	public function test_a_site_without_types_is_logged_and_still_synced(): void {
		$GLOBALS['wp_post_types'] = [];
		$GLOBALS['wp_taxonomies'] = [];

		$structure = igny8_get_site_structure();
		self::assertSame( [], $structure['post_types'] );
		self::assertSame( [ 'no_taxonomies', 'no_post_types' ], self::log_codes( $this->plugin ) );
		self::assertStringContainsString( '"post_types":{},"taxonomies":{}', (string) wp_json_encode( Gatherer::for_json( $structure ) ) );
	}

	public function test_types_with_numbers_as_names_stay_objects_on_the_wire(): void {
		$GLOBALS['wp_post_types'] = [];
		register_post_type( '7', [ 'public' => true, 'label' => 'Sevens' ] );
		$json = (string) wp_json_encode( Gatherer::for_json( igny8_get_site_structure() ) );
		self::assertStringContainsString( '"post_types":{"7":{"label":"Sevens"', $json );
	}

	/**
	 * @dataProvider labels
	 */
	public function test_labels_are_plain_text( string $registered, string $expected ): void {
		register_post_type( 'event', [ 'public' => true, 'label' => $registered ] );
		self::assertSame( $expected, igny8_get_site_structure()['post_types']['event']['label'] );
	}

	public function labels(): array {
		return [
			'an entity'                     => [ 'Tips &amp; Tricks', 'Tips & Tricks' ],
			'an entity of an entity'        => [ '&amp;lt;b&amp;gt;Bold&amp;lt;/b&amp;gt;', 'Bold' ],
			'a tag'                         => [ '<b>Events</b>', 'Events' ],
			'a script'                      => [ '<script>alert(1)</script>Events', 'Events' ],
			'a script written as entities'  => [ '&lt;script&gt;alert(1)&lt;/script&gt;Events', 'Events' ],
			'an image with a handler'       => [ '<img src=x onerror=alert(1)>Events', 'Events' ],
			'a lone angle bracket'          => [ 'A < B > C', 'A B C' ],
			'line breaks and controls'      => [ "Ev\x00en\x1fts\r\nand\tmore\x7f", 'Even ts and more' ],
			'a turned direction'            => [ "Events\u{202E}gnp.exe", 'Events gnp.exe' ],
			'nothing but markup'            => [ '<br>', 'event' ],
			'broken UTF-8'                  => [ "Ev\xffents", 'Events' ],
			'emoji and accents'             => [ 'Événements 🎉', 'Événements 🎉' ],
		];
	}

	public function test_long_labels_are_cut_to_200_utf_16_units(): void {
		self::assertSame( str_repeat( 'ä', 200 ), Label::clean( str_repeat( 'ä', 300 ), 'x' ) );
		self::assertSame( str_repeat( '🎉', 100 ), Label::clean( str_repeat( '🎉', 300 ), 'x' ) );
		$mixed = Label::clean( str_repeat( 'a🎉', 300 ), 'x' );
		self::assertLessThanOrEqual( 200, strlen( mb_convert_encoding( $mixed, 'UTF-16LE', 'UTF-8' ) ) / 2 );
	}

	/**
	 * The number beside "All" in the list of posts in wp-admin.
	 */
	private function all_in_wp_admin( string $post_type ): int {
		self::become_admin();
		set_current_screen( "edit-$post_type" );
		$GLOBALS['typenow'] = $post_type;
		require_once ABSPATH . 'wp-admin/includes/class-wp-posts-list-table.php';
		$table = new WP_Posts_List_Table( [ 'screen' => "edit-$post_type" ] );
		$table->prepare_items();
		$views = ( function () {
			return $this->get_views();
		} )->call( $table );
		self::assertSame( 1, preg_match( '/class="count">\(([\d,]+)\)/', $views['all'], $match ) );
		return (int) str_replace( ',', '', $match[1] );
	}
}
