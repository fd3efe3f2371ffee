<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Write\Ledger;

/**
 * What real sites do to a write, from public bug reports.
 *
 * @group environment
 */
final class Real_Sites_Test extends Content_Test_Case {

	public function test_an_interrupted_create_is_finished_by_its_repeat(): void {
		$this->interrupt( 'save_post', [ 'title' => 'Half', 'body' => 'Text' ], 'item_half' );
		list( $id ) = self::ids_with( 'Half' );
		self::assertNotSame( '', get_post_meta( $id, Meta_Keys::UNFINISHED, true ) );

		$data = $this->create( [ 'title' => 'Half', 'body' => 'Text', 'terms' => [ self::KIND => [ 'News' ] ], 'meta' => [ 'place' => 'Hall' ] ], 'item_half' );
		self::assertSame( [ $id, true, true ], [ $data['item']['id'], $data['created'], $data['is_finished'] ] );
		self::assertSame( [ 'Text', [ 'News' ], 'Hall' ], [ $data['item']['body'], $data['item']['terms'][ self::KIND ], $data['item']['meta']['place'] ] );
		self::assertSame( '', get_post_meta( $id, Meta_Keys::UNFINISHED, true ) );
	}

	public function test_an_interrupted_create_that_somebody_edited_is_left_as_it_is(): void {
		$this->interrupt( 'save_post', [ 'title' => 'Half', 'body' => 'Text' ], 'item_half' );
		list( $id ) = self::ids_with( 'Half' );
		self::set_columns( $id, [ 'post_content' => 'By somebody' ] );
		$data = $this->create( [ 'title' => 'Half', 'body' => 'Text' ], 'item_half' );
		self::assertSame( [ $id, false, false ], [ $data['item']['id'], $data['created'], $data['is_finished'] ] );
		self::assertSame( 'By somebody', self::row( $id )['post_content'] );
	}

	public function test_a_finished_create_leaves_no_mark_and_is_not_finished_again(): void {
		$data = $this->create( [ 'title' => 'Whole' ], 'item_whole' );
		self::assertSame( '', get_post_meta( $data['item']['id'], Meta_Keys::UNFINISHED, true ) );
		$again = $this->create( [ 'title' => 'Whole' ], 'item_whole' );
		self::assertSame( [ false, true ], [ $again['created'], $again['is_finished'] ] );
	}

	public function test_a_command_whose_request_ends_can_be_repeated_at_once(): void {
		$ledger = new Ledger();
		self::assertNull( $ledger->begin( 'cmd_dead' ) );
		// What PHP does at shutdown, after another plugin's hook has called exit().
		$ledger->abandon_interrupted();
		self::assertNull( ( new Ledger() )->begin( 'cmd_dead' ) );
	}

	public function test_times_before_1970_are_read_and_listed_in_the_order_of_their_ids(): void {
		self::assertSame( '1912-05-01T12:00:00Z', Gmt::to_wire( '1912-05-01 12:00:00' ) );
		self::assertSame( '0044-03-15T00:00:00Z', Gmt::to_wire( '0044-03-15 00:00:00' ) );
		self::assertSame( 0, Gmt::to_unix( '1912-05-01 12:00:00' ) );

		$ids = [ self::make_post(), self::make_post(), self::make_post(), self::make_post() ];
		foreach ( [ '1950-01-01 00:00:00', '1912-05-01 12:00:00', Gmt::NONE, '2024-01-01 00:00:00' ] as $index => $time ) {
			self::set_columns( $ids[ $index ], [ 'post_modified_gmt' => $time ] );
		}
		$seen  = [];
		$after = null;
		do {
			$page  = $this->run_command( 'index', [ 'type' => self::TYPE, 'after' => $after, 'limit' => 1 ] );
			$seen  = array_merge( $seen, array_column( $page['items'], 'id' ) );
			$after = $page['next'];
		} while ( null !== $after && count( $seen ) < 10 );
		self::assertSame( $ids, $seen );
	}

	public function test_large_integers_and_fractions_stay_what_they_are_beside_an_edit(): void {
		$id     = self::make_post();
		$stored = [ 'tweet' => 1161888007138312199, 'likes' => 3, 'share' => 1.0, 'list' => [ 2.5, 9007199254740993 ] ];
		update_post_meta( $id, 'plan', $stored );
		$document = $this->document( $id );
		self::assertSame( [ '1161888007138312199', '9007199254740993' ], [ $document['meta']['plan']['tweet'], $document['meta']['plan']['list'][1] ] );

		// JavaScript has no fraction 1.0: it sends 1.
		$this->change( $document, [ 'meta' => [ 'plan' => [ 'tweet' => '1161888007138312199', 'likes' => 4, 'share' => 1, 'list' => [ 2.5, '9007199254740993' ] ] ] ] );
		self::assertSame( [ 'likes' => 4 ] + $stored, [ 'likes' => 4 ] + get_post_meta( $id, 'plan', true ) );
		self::assertSame( 1.0, get_post_meta( $id, 'plan', true )['share'] );
	}

	public function test_a_template_that_went_with_its_theme_stays_and_stops_no_edit(): void {
		$id = self::make_post();
		update_post_meta( $id, '_wp_page_template', 'templates/gone.php' );
		$this->change( $this->document( $id ), [ 'title' => 'New title' ] );
		self::assertSame( [ 'New title', 'templates/gone.php' ], [ self::row( $id )['post_title'], get_post_meta( $id, '_wp_page_template', true ) ] );
	}

	public function test_a_post_open_in_the_editor_waits_until_the_lock_is_old(): void {
		$id       = self::make_post();
		$document = $this->document( $id );
		update_post_meta( $id, '_edit_lock', time() . ':1' );
		$result = $this->apply( 'update', $document, [ 'title' => 'Mine' ] );
		self::assertSame( [ 'post_locked', true ], [ $result['code'], $result['retryable'] ] );
		self::assertStringContainsString( get_userdata( 1 )->display_name, $result['detail'] );
		self::assertSame( 'Event', self::row( $id )['post_title'] );

		update_post_meta( $id, '_edit_lock', ( time() - 151 ) . ':1' );
		self::assertSame( 'applied', $this->apply( 'update', $document, [ 'title' => 'Mine' ] )['data']['outcome'] );
	}

	/**
	 * @dataProvider builders
	 */
	public function test_a_page_builder_is_recognised_and_its_body_is_read_only( string $key, $value, ?string $builder ): void {
		$id     = self::make_post();
		$before = $this->document( $id )['etag'];
		update_post_meta( $id, $key, $value );
		$document = $this->document( $id );
		self::assertSame( $builder, $document['builder'] );
		self::assertSame( null === $builder, $before === $document['etag'] );
		$result = $this->apply( 'update', $document, [ 'body' => 'New' ] );
		self::assertSame( null === $builder ? 'applied' : 'body_read_only', $result['data']['outcome'] ?? $result['code'] );
		self::assertSame( 'New title', $this->change( $this->document( $id ), [ 'title' => 'New title' ] )['title'] );
	}

	public function builders(): array {
		return [
			'Elementor'                 => [ '_elementor_edit_mode', 'builder', 'elementor' ],
			'Elementor, switched off'   => [ '_elementor_edit_mode', '', null ],
			'Beaver Builder'            => [ '_fl_builder_enabled', '1', 'beaver_builder' ],
			'Bricks'                    => [ '_bricks_page_content_2', [ [ 'id' => 'a' ] ], 'bricks' ],
			'Divi'                      => [ '_et_pb_use_builder', 'on', 'divi' ],
			'Divi, switched off'        => [ '_et_pb_use_builder', 'off', null ],
			'WPBakery'                  => [ '_wpb_vc_js_status', 'true', 'wpbakery' ],
			'Oxygen'                    => [ 'ct_builder_json', '{"id":0}', 'oxygen' ],
			'Breakdance'                => [ '_breakdance_data', '{"tree":1}', 'breakdance' ],
			'SiteOrigin'                => [ 'panels_data', [ 'widgets' => [ 1 ] ], 'siteorigin' ],
			'SiteOrigin without a page' => [ 'panels_data', [], null ],
		];
	}

	public function test_a_page_that_left_bricks_has_no_builder(): void {
		$id = self::make_post();
		update_post_meta( $id, '_bricks_page_content_2', [ [ 'id' => 'a' ] ] );
		update_post_meta( $id, '_bricks_editor_mode', 'wordpress' );
		self::assertNull( $this->document( $id )['builder'] );
	}

	public function test_a_rewritten_title_names_both_texts_and_the_plugin(): void {
		$shout = static function ( array $data ): array {
			$data['post_title'] = strtoupper( $data['post_title'] );
			return $data;
		};
		add_filter( 'wp_insert_post_data', $shout );
		$result = $this->apply( 'update', $this->document( self::make_post() ), [ 'title' => 'quiet' ] );
		remove_filter( 'wp_insert_post_data', $shout );
		self::assertSame( 'content_altered', $result['code'] );
		foreach ( [ 'title', 'quiet', 'QUIET', 'wp_insert_post_data' ] as $part ) {
			self::assertStringContainsString( $part, $result['detail'] );
		}
	}

	public function test_trash_and_hidden_statuses_are_not_listed_and_passwords_are_marked(): void {
		register_post_status( 'igny8_spam', [ 'protected' => true, 'show_in_admin_all_list' => false ] );
		$hidden = self::make_post( [ 'post_status' => 'igny8_spam' ] );
		$secret = self::make_post( [ 'post_password' => 'x' ] );
		self::assertSame( [ false, false ], [ $this->document( $hidden )['listed'], $this->document( $hidden )['protected'] ] );
		self::assertSame( [ true, true ], [ $this->document( $secret )['listed'], $this->document( $secret )['protected'] ] );
		wp_trash_post( $secret );
		self::assertFalse( $this->document( $secret )['listed'] );
	}
}
