<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * `apply`.
 *
 * @group environment
 */
final class Writing_Test extends Content_Test_Case {

	public function test_a_created_post_is_stored_byte_for_byte(): void {
		$image  = self::make_image();
		$parent = self::make_post();
		$fields = [
			'title'    => '  T\\ "x" \' 🎉 <b>&amp;</b> ',
			'body'     => self::NASTY,
			'excerpt'  => " E \\ <i>x</i>\n",
			'slug'     => 'nasty-one',
			'status'   => 'publish',
			'date'     => '2024-02-03T06:05:06.000+02:00',
			'parent'   => $parent,
			'terms'    => [ self::KIND => [ 'New "kind" \\ R&D', 'Other' ] ],
			'meta'     => [ 'place' => 'H \\ "A" 🎉', 'plan' => [ 'q' => '"\\"', 'n' => [ 1, 2.5, true, null ], 'html' => '<b onclick="x">' ], 'guest' => [ 'A\\', 'B' ], 'rank_math_title' => 'a:1:{i:0;s:1:"x";}' ],
			'featured' => [ 'id' => $image ],
		];
		$data   = $this->create( $fields );
		$item   = $data['item'];
		self::assertTrue( $data['created'] );
		self::assertSame( [ $fields['title'], $fields['body'], $fields['excerpt'], 'nasty-one', 'publish', '2024-02-03T04:05:06Z', $parent ], [ $item['title'], $item['body'], $item['excerpt'], $item['slug'], $item['status'], $item['date'], $item['parent'] ] );
		self::assertEquals( $fields['meta'], $item['meta'] );
		self::assertEquals( $fields['terms'], $item['terms'] );
		self::assertSame( $image, $item['featured']['id'] );
		self::assertSame( $item, $this->document( $item['id'] ) );

		$row = self::row( $item['id'] );
		self::assertSame( [ $fields['title'], $fields['body'], $fields['excerpt'] ], [ $row['post_title'], $row['post_content'], $row['post_excerpt'] ] );
		self::assertSame( [ '2024-02-03 04:05:06', get_date_from_gmt( '2024-02-03 04:05:06' ) ], [ $row['post_date_gmt'], $row['post_date'] ] );
		self::assertEqualsWithDelta( time(), $item['modified'], 5 );
		self::assertGreaterThan( 0, $item['author'] );
	}

	public function test_updated_fields_are_stored_byte_for_byte_and_the_others_stay(): void {
		$id     = self::make_post( [ 'post_excerpt' => 'Stays "\\"', 'post_name' => 'stays', 'post_author' => 0, 'post_date' => '2024-01-01 10:00:00' ] );
		$before = $this->document( $id );
		$after  = $this->change( $before, [ 'body' => self::NASTY, 'meta' => [ 'place' => 'New' ] ] );
		self::assertSame( self::NASTY, self::row( $id )['post_content'] );
		self::assertNotSame( $before['etag'], $after['etag'] );
		foreach ( [ 'title', 'excerpt', 'slug', 'status', 'date', 'author', 'parent', 'terms' ] as $name ) {
			self::assertSame( $before[ $name ], $after[ $name ], $name );
		}
		self::assertGreaterThan( 1704103200, $after['modified'] );
	}

	/**
	 * @dataProvider texts
	 */
	public function test_texts_are_stored_as_the_same_bytes_or_refused_with_a_reason( string $text ): void {
		foreach ( [ 'title', 'body', 'excerpt' ] as $name ) {
			if ( 'body' !== $name && strlen( $text ) > 60000 ) {
				continue;
			}
			$result = $this->command_result( 'apply', [ 'op' => 'create', 'type' => self::TYPE, 'item_id' => "item_$name", 'fields' => [ $name => $text ] ] );
			if ( $result['ok'] ) {
				$column = [ 'title' => 'post_title', 'body' => 'post_content', 'excerpt' => 'post_excerpt' ][ $name ];
				self::assertTrue( $text === $result['data']['item'][ $name ], $name );
				self::assertTrue( $text === self::row( $result['data']['item']['id'] )[ $column ], $name );
			} else {
				self::assertContains( $result['code'], [ 'content_altered', 'not_storable' ] );
				self::assertStringContainsString( $name, $result['detail'] );
				self::assertNotFalse( strpos( $text, "\0" ), 'Everything but NUL is kept here.' );
			}
		}
	}

	public function texts(): array {
		return [
			'nasty'       => [ self::NASTY ],
			'NUL'         => [ "a\0b" ],
			'controls'    => [ "a\x01\x08\x0b\x1f\x7fb" ],
			'one MB'      => [ str_repeat( "0123456789 é🎉\n", 55000 ) ],
			'slashes'     => [ str_repeat( '\\', 1001 ) . "'" ],
			'percent'     => [ '100% %s %1$s %%' ],
			'json'        => [ '{"a":"\\u00e9\\n"}' ],
			'entities'    => [ '&#150; &#x96; &eacute; &nosuch; &' ],
			'bad tags'    => [ '<p><div></p><iframe src=x></b>' ],
			'shortcode'   => [ '[gallery ids="1,2"][/x] [[escaped]]' ],
			'crlf'        => [ "a\r\nb\rc\n" ],
			'bom'         => [ "\u{FEFF}x\u{202E}\u{2028}" ],
			'serialized'  => [ 'a:1:{i:0;s:1:"x";}' ],
			'white space' => [ "  \t\n x \n " ],
			'nothing'     => [ '' ],
			'zero'        => [ '0' ],
			'sql'         => [ "'); DROP TABLE wp_posts; -- \" ` {placeholder}" ],
		];
	}

	public function test_a_create_is_done_once_per_item(): void {
		$first  = $this->create( [ 'title' => 'Once' ], 'item_x' );
		$second = $this->create( [ 'title' => 'Twice' ], 'item_x' );
		self::assertSame( [ true, false ], [ $first['created'], $second['created'] ] );
		self::assertSame( $first['item'], $second['item'] );
		self::assertSame( 'item_x', $first['item']['item_id'] );
		self::assertSame( 1, (int) wp_count_posts( self::TYPE )->draft );

		wp_delete_post( $first['item']['id'], true );
		self::assertTrue( $this->create( [ 'title' => 'Again' ], 'item_x' )['created'] );
	}

	public function test_two_processes_cannot_create_the_same_item(): void {
		$lock = new \Igny8\Bridge\Support\Lock( 'create_' . md5( 'item_x' ), 60 );
		self::assertTrue( $lock->acquire() );
		$result = $this->command_result( 'apply', [ 'op' => 'create', 'type' => self::TYPE, 'item_id' => 'item_x', 'fields' => [ 'title' => 'x' ] ] );
		self::assertSame( [ 'busy', true ], [ $result['code'], $result['retryable'] ] );
	}

	public function test_a_command_is_applied_once(): void {
		$id   = self::make_post();
		$args = self::apply_args( 'update', $this->document( $id ), [ 'title' => 'Changed' ] );
		$once = $this->run_command( 'apply', $args, 'cmd_once' );
		self::assertSame( $once, $this->run_command( 'apply', $args, 'cmd_once' ) );
		self::assertCount( 1, wp_get_post_revisions( $id ) );

		self::make_edit( $id, 'By somebody' );
		$again = $this->run_command( 'apply', $args, 'cmd_once' );
		self::assertSame( [ 'stale', true, 'By somebody' ], [ $again['outcome'], $again['was_applied'], $again['item']['title'] ] );
	}

	public function test_a_repeated_delete_finds_nothing_to_do(): void {
		$args = self::apply_args( 'delete', $this->document( self::make_trashed() ) );
		$gone = [
			'outcome'     => 'applied',
			'item'        => null,
			'created'     => false,
			'was_applied' => true,
			'is_finished' => true,
			'is_linked'   => true,
		];
		self::assertSame( $gone, $this->run_command( 'apply', $args, 'cmd_gone' ) );
		self::assertSame( $gone, $this->run_command( 'apply', $args, 'cmd_gone' ) );
		self::assertSame( $gone, $this->run_command( 'apply', $args, 'cmd_other' ) );
	}

	public function test_a_failed_command_can_be_repeated(): void {
		$args = self::apply_args( 'update', $this->document( self::make_post() ), [ 'title' => 'Changed' ] );
		add_filter( 'wp_insert_post_data', [ self::class, 'shout' ] );
		self::assertSame( 'content_altered', $this->command_result( 'apply', $args, 'cmd_again' )['code'] );
		remove_filter( 'wp_insert_post_data', [ self::class, 'shout' ] );
		self::assertSame( 'applied', $this->run_command( 'apply', $args, 'cmd_again' )['outcome'] );
	}

	public function test_a_running_command_is_not_started_again_until_its_process_must_be_dead(): void {
		global $wpdb;

		$args   = self::apply_args( 'update', $this->document( self::make_post() ), [ 'title' => 'Changed' ] );
		$ledger = new \Igny8\Bridge\Content\Write\Ledger();
		self::assertNull( $ledger->begin( 'cmd_running' ) );
		$result = $this->command_result( 'apply', $args, 'cmd_running' );
		self::assertSame( [ 'command_running', true ], [ $result['code'], $result['retryable'] ] );
		$wpdb->query( "UPDATE {$wpdb->prefix}igny8_commands SET started_at = started_at - 301" );
		self::assertSame( 'applied', $this->run_command( 'apply', $args, 'cmd_running' )['outcome'] );
	}

	public function test_commands_are_remembered_for_a_week(): void {
		global $wpdb;

		$args = self::apply_args( 'delete', $this->document( self::make_trashed() ) );
		$this->run_command( 'apply', $args, 'cmd_old' );
		$this->plugin->outbox->clean();
		self::assertSame( '1', $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}igny8_commands" ) );
		$wpdb->query( "UPDATE {$wpdb->prefix}igny8_commands SET started_at = started_at - 604801" );
		do_action( \Igny8\Bridge\Cron\Schedule::DAILY );
		self::assertSame( '0', $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}igny8_commands" ) );
	}

	/**
	 * @dataProvider ops
	 */
	public function test_a_stale_write_is_refused_and_answered_with_the_current_document( string $op ): void {
		$id   = self::make_post();
		$seen = $this->document( $id );
		self::make_edit( $id, 'By somebody' );
		$data = $this->apply( $op, $seen, [ 'body' => 'x' ] )['data'];
		self::assertSame( [ 'stale', 'By somebody', '', 'publish' ], [ $data['outcome'], $data['item']['title'], $data['item']['body'], $data['item']['status'] ] );
		self::assertSame( 'publish', self::row( $id )['post_status'] );
		$data = $this->apply( $op, array_merge( $seen, [ 'etag' => null ] ), [] )['data'];
		self::assertSame( 'stale', $data['outcome'] );
	}

	public function ops(): array {
		return [ [ 'update' ], [ 'trash' ], [ 'untrash' ], [ 'delete' ] ];
	}

	/**
	 * The answer `stale` was lost, so the API sends the command again. A remembered `stale` would be answered with
	 * `applied`, because the post still has the etag of that answer: IGNY8 would take the edit for its own change.
	 *
	 * @dataProvider ops
	 */
	public function test_a_stale_command_is_compared_again_when_it_is_repeated( string $op ): void {
		$id     = 'delete' === $op ? self::make_trashed() : self::make_post();
		$seen   = $this->document( $id );
		$status = self::row( $id )['post_status'];
		$args   = self::apply_args( $op, $seen, 'delete' === $op ? [] : [ 'body' => 'x' ] );
		self::make_edit( $id, 'By somebody' );
		$first = $this->run_command( 'apply', $args, 'cmd_stale' );
		self::assertSame( [ 'stale', false ], [ $first['outcome'], $first['was_applied'] ] );
		self::assertSame( $first, $this->run_command( 'apply', $args, 'cmd_stale' ) );
		self::assertSame( [ 'By somebody', '', $status ], [ self::row( $id )['post_title'], self::row( $id )['post_content'], self::row( $id )['post_status'] ] );

		self::make_edit( $id, $seen['title'] );
		self::assertSame( 'applied', $this->run_command( 'apply', $args, 'cmd_stale' )['outcome'] );
	}

	public function test_a_command_for_a_deleted_post_is_stale_again_when_it_is_repeated(): void {
		$id   = self::make_post();
		$args = self::apply_args( 'update', $this->document( $id ), [ 'body' => 'x' ] );
		wp_delete_post( $id, true );
		$first = $this->run_command( 'apply', $args, 'cmd_stale' );
		self::assertSame( [ 'stale', null, false ], [ $first['outcome'], $first['item'], $first['was_applied'] ] );
		self::assertSame( $first, $this->run_command( 'apply', $args, 'cmd_stale' ) );
	}

	public function test_an_edit_between_the_comparison_and_the_write_is_kept(): void {
		$id   = self::make_post();
		$seen = $this->document( $id );
		add_filter(
			'content_save_pre',
			static function ( $content ) use ( $id ) {
				self::set_columns( $id, [ 'post_title' => 'By somebody' ] );
				return $content;
			}
		);
		$filters = count( $GLOBALS['wp_current_filter'] );
		$data    = $this->apply( 'update', $seen, [ 'body' => 'Ours', 'terms' => [ self::KIND => [ 'Ours' ] ] ] )['data'];
		self::assertSame( [ 'stale', 'By somebody', '' ], [ $data['outcome'], $data['item']['title'], $data['item']['body'] ] );
		self::assertSame( [ self::KIND => [] ], $data['item']['terms'] );
		self::assertCount( $filters, $GLOBALS['wp_current_filter'], 'WordPress knows that no hook is running.' );
		self::assertFalse( doing_filter( 'wp_insert_post_data' ) );
	}

	public function test_a_deleted_post_or_one_of_another_type_is_stale(): void {
		$id   = self::make_post();
		$seen = $this->document( $id );
		self::set_columns( $id, [ 'post_type' => 'page' ] );
		$data = $this->apply( 'update', $seen, [ 'title' => 'x' ] )['data'];
		self::assertSame( [ 'stale', 'page' ], [ $data['outcome'], $data['item']['type'] ] );
		wp_delete_post( $id, true );
		$data = $this->apply( 'update', $seen, [ 'title' => 'x' ] )['data'];
		self::assertSame( [ 'stale', null ], [ $data['outcome'], $data['item'] ] );
	}

	public function test_trash_untrash_and_delete_work_as_in_wordpress(): void {
		$id      = self::make_post( [ 'post_name' => 'fate' ] );
		$trashed = $this->change( $this->document( $id ), [], 'trash' );
		self::assertSame( [ 'trash', 'fate__trashed' ], [ $trashed['status'], $trashed['slug'] ] );
		self::assertSame( 'publish', get_post_meta( $id, '_wp_trash_meta_status', true ) );
		self::assertSame( $trashed, $this->change( $trashed, [], 'trash' ), 'Once more changes nothing.' );

		$back = $this->change( $trashed, [], 'untrash' );
		self::assertSame( [ 'draft', 'fate' ], [ $back['status'], $back['slug'] ] );
		self::assertSame( $back, $this->change( $back, [], 'untrash' ) );

		self::assertSame( 'not_in_trash', $this->apply( 'delete', $back )['code'] );
		self::assertSame( 'draft', self::row( $id )['post_status'] );
		$data = $this->apply( 'delete', $this->change( $back, [], 'trash' ) )['data'];
		self::assertSame( [ 'applied', null ], [ $data['outcome'], $data['item'] ] );
		self::assertNull( self::row( $id ) );
	}

	public function test_trash_and_untrash_can_change_fields_too(): void {
		$id      = self::make_post( [ 'post_name' => 'fate' ] );
		$trashed = $this->change( $this->document( $id ), [ 'title' => 'Last words' ], 'trash' );
		self::assertSame( [ 'trash', 'Last words' ], [ $trashed['status'], $trashed['title'] ] );
		$back = $this->change( $trashed, [ 'title' => 'Back', 'status' => 'publish', 'meta' => [ 'place' => 'Here' ] ], 'untrash' );
		self::assertSame( [ 'publish', 'Back', 'fate', 'Here' ], [ $back['status'], $back['title'], $back['slug'], $back['meta']['place'] ] );
		$made = $this->create( [ 'title' => 'Born dead', 'status' => 'trash' ] );
		self::assertSame( [ 'trash', true ], [ $made['item']['status'], $made['created'] ] );
	}

	public function test_an_untrash_whose_fields_are_refused_leaves_the_post_in_the_trash(): void {
		$id      = self::make_post( [ 'post_name' => 'fate' ] );
		$trashed = $this->change( $this->document( $id ), [], 'trash' );
		add_filter( 'wp_insert_post_data', [ self::class, 'shout' ] );
		self::assertSame( 'content_altered', $this->apply( 'untrash', $trashed, [ 'title' => 'Back' ] )['code'] );
		remove_filter( 'wp_insert_post_data', [ self::class, 'shout' ] );
		self::assertSame( $trashed, $this->document( $id ) );
		self::assertSame( 'publish', get_post_meta( $id, '_wp_trash_meta_status', true ) );
	}

	public function test_dates_decide_between_published_and_scheduled(): void {
		$later  = gmdate( 'Y-m-d\TH:i:s\Z', time() + 86400 );
		$future = $this->create( [ 'title' => 'Soon', 'status' => 'publish', 'date' => $later ] )['item'];
		self::assertSame( [ 'future', $later ], [ $future['status'], $future['date'] ] );
		self::assertNotFalse( wp_next_scheduled( 'publish_future_post', [ $future['id'] ] ) );
		self::assertEqualsWithDelta( time(), $future['modified'], 5 );
		$now = $this->change( $future, [ 'date' => '2024-01-01T00:00:00Z', 'status' => 'publish' ] );
		self::assertSame( [ 'publish', '2024-01-01T00:00:00Z' ], [ $now['status'], $now['date'] ] );
		self::assertSame( $now['date'], $this->change( $now, [ 'date' => null, 'title' => 'x' ] )['date'], 'What is out keeps its date.' );
	}

	public function test_a_draft_can_get_a_date_and_lose_it_again(): void {
		$draft = $this->create( [ 'title' => 'Draft' ] )['item'];
		self::assertSame( [ 'draft', null, '' ], [ $draft['status'], $draft['date'], $draft['slug'] ] );
		$dated = $this->change( $draft, [ 'date' => '2030-01-02T03:04:05Z' ] );
		self::assertSame( [ 'draft', '2030-01-02T03:04:05Z' ], [ $dated['status'], $dated['date'] ] );
		$floating = $this->change( $dated, [ 'date' => null ] );
		self::assertNull( $floating['date'] );
		$out = $this->change( $floating, [ 'status' => 'publish' ] );
		self::assertEqualsWithDelta( time(), strtotime( $out['date'] ), 5 );
		self::assertSame( 'draft', $out['slug'] );
	}

	public function test_wordpress_makes_slugs_unique_and_the_answer_contains_them(): void {
		$slugs = [];
		for ( $i = 0; $i < 3; $i++ ) {
			$slugs[] = $this->create( [ 'title' => 'x', 'slug' => 'the-same', 'status' => 'publish' ] )['item']['slug'];
		}
		self::assertSame( [ 'the-same', 'the-same-2', 'the-same-3' ], $slugs );
		self::assertSame( 'hello-world', $this->create( [ 'title' => 'x', 'slug' => 'Hello World!', 'status' => 'publish' ] )['item']['slug'] );
	}

	public function test_a_descendant_as_parent_is_refused(): void {
		$top    = self::make_post();
		$middle = self::make_post( [ 'post_parent' => $top ] );
		$bottom = self::make_post( [ 'post_parent' => $middle ] );
		foreach ( [ $top, $middle, $bottom ] as $parent ) {
			self::assertSame( 'parent_cycle', $this->apply( 'update', $this->document( $top ), [ 'parent' => $parent ] )['code'] );
		}
		self::assertSame( 0, $this->change( $this->document( $bottom ), [ 'parent' => 0 ] )['parent'] );
	}

	public function test_terms_are_found_by_name_then_by_slug_or_created(): void {
		wp_insert_term( 'Twin', self::KIND, [ 'slug' => 'twin-a' ] );
		wp_insert_term( 'Twin', self::KIND, [ 'slug' => 'twin-b' ] );
		wp_insert_term( 'R&D', self::KIND );
		$item = $this->create( [ 'title' => 'x', 'terms' => [ self::KIND => [ 'twin-b', 'R&D', 'Brand new', 'Brand new' ] ] ] )['item'];
		self::assertSame( [ self::KIND => [ 'Brand new', 'R&D', 'twin-b' ] ], $item['terms'] );
		self::assertSame( 4, (int) wp_count_terms( [ 'taxonomy' => self::KIND, 'hide_empty' => false ] ) );

		$item = $this->change( $item, [ 'terms' => [ self::KIND => [ 'brand new' ] ] ] );
		$same = self::is_sqlite() ? [ 'Brand new', 'brand new' ] : [ 'Brand new' ];
		self::assertContains( $item['terms'][ self::KIND ][0], $same );
		self::assertSame( [ self::KIND => [] ], $this->change( $item, [ 'terms' => [ self::KIND => [] ] ] )['terms'] );

		$result = $this->apply( 'update', $this->document( $item['id'] ), [ 'terms' => [ self::KIND => [ 'Twin' ] ] ] );
		self::assertSame( 'invalid_field', $result['code'] );
		self::assertStringStartsWith( 'terms.' . self::KIND . ':', $result['detail'] );
	}

	public function test_the_terms_of_a_document_can_be_sent_back(): void {
		wp_insert_term( 'Same', self::KIND, [ 'slug' => 'one' ] );
		wp_insert_term( 'Same', self::KIND, [ 'slug' => 'two' ] );
		$id = self::make_post();
		wp_set_object_terms( $id, [ 'one', 'two', 'A &amp; B <C>', "O'Neill \"x\"" ], self::KIND );
		$before = $this->document( $id );
		self::assertSame( $before['terms'], $this->change( $before, [ 'terms' => $before['terms'] ] )['terms'] );
	}

	public function test_a_post_without_a_category_gets_the_default_one(): void {
		$item = $this->create( [ 'title' => 'x', 'terms' => [ 'category' => [] ] ], '', 'post' )['item'];
		self::assertSame( [ get_term( (int) get_option( 'default_category' ) )->name ], $item['terms']['category'] );
	}

	public function test_meta_is_stored_as_wordpress_does_and_deleted_by_null(): void {
		$item = $this->create( [ 'title' => 'x', 'meta' => [ 'place' => 12, 'plan' => [], 'guest' => [ 'A', 'A' ], '_yoast_wpseo_title' => '' ] ] )['item'];
		self::assertEquals( [ 'place' => '12', 'plan' => [], 'guest' => [ 'A', 'A' ], '_yoast_wpseo_title' => '' ], $item['meta'] );
		$item = $this->change( $item, [ 'meta' => [ 'place' => null, 'guest' => [ 'B' ], 'plan' => [ 'x' => false ] ] ] );
		self::assertEquals( [ 'guest' => [ 'B' ], 'plan' => [ 'x' => false ], '_yoast_wpseo_title' => '' ], $item['meta'] );
		self::assertNull( $this->change( $item, [ 'featured' => [ 'id' => self::make_image() ] ] )['meta']['place'] ?? null );
	}

	public function test_a_value_that_documents_leave_out_is_not_overwritten(): void {
		$id = self::make_post();
		update_post_meta( $id, 'plan', (object) [ 'a' => 1 ] );
		$result = $this->apply( 'update', $this->document( $id ), [ 'title' => 'x', 'meta' => [ 'plan' => [ 'b' => 2 ] ] ] );
		self::assertSame( 'invalid_field', $result['code'] ?? 'applied' );
		self::assertStringStartsWith( 'meta.plan:', $result['detail'] );
		self::assertEquals( (object) [ 'a' => 1 ], get_post_meta( $id, 'plan', true ) );
		self::assertSame( 'Event', self::row( $id )['post_title'] );
	}

	public function test_the_featured_image_is_set_and_removed(): void {
		$image = self::make_image( 'Alt' );
		$item  = $this->create( [ 'title' => 'x', 'featured' => [ 'id' => $image ] ] )['item'];
		self::assertSame( [ $image, 'Alt' ], [ $item['featured']['id'], $item['featured']['alt'] ] );
		self::assertNull( $this->change( $item, [ 'featured' => null ] )['featured'] );
	}

	public function test_the_alternative_text_of_the_featured_image_changes_only_if_it_is_sent(): void {
		$image = self::make_image( 'Alt' );
		$item  = $this->create( [ 'title' => 'x', 'featured' => [ 'id' => $image ] ] )['item'];
		$other = $this->create( [ 'title' => 'y', 'featured' => [ 'id' => $image ] ] )['item'];
		$item  = $this->change( $item, [ 'featured' => [ 'id' => $image, 'alt' => 'A \\ "new" one' ] ] );
		self::assertSame( 'A \\ "new" one', $item['featured']['alt'] );
		self::assertSame( 'A \\ "new" one', $this->document( $other['id'] )['featured']['alt'] );
		$item = $this->change( $item, [ 'title' => 'z', 'featured' => [ 'id' => $image ] ] );
		self::assertSame( 'A \\ "new" one', $item['featured']['alt'] );
		self::assertSame( '', $this->change( $item, [ 'featured' => [ 'id' => $image, 'alt' => '' ] ] )['featured']['alt'] );
		$refused = $this->apply( 'update', $this->document( $item['id'] ), [ 'featured' => [ 'id' => $image, 'alt' => [ 1 ] ] ] );
		self::assertSame( 'invalid_field', $refused['code'] ?? 'applied' );
	}

	public function test_an_alternative_text_that_the_site_changes_is_refused_and_undone(): void {
		$image = self::make_image( 'Alt' );
		$item  = $this->create( [ 'title' => 'x', 'featured' => [ 'id' => $image ] ] )['item'];
		$alter = static function ( $value ) {
			return 'Sea' === $value ? 'See' : $value;
		};
		add_filter( 'sanitize_post_meta__wp_attachment_image_alt', $alter );
		$result = $this->apply( 'update', $item, [ 'title' => 'New', 'featured' => [ 'id' => $image, 'alt' => 'Sea' ] ] );
		remove_filter( 'sanitize_post_meta__wp_attachment_image_alt', $alter );
		self::assertSame( 'content_altered', $result['code'] ?? 'applied' );
		$after = $this->document( $item['id'] );
		self::assertSame( [ 'x', 'Alt' ], [ $after['title'], $after['featured']['alt'] ] );
	}

	public function test_an_edit_leaves_a_revision_as_in_wordpress(): void {
		$id = self::make_post( [ 'post_content' => 'One' ] );
		$this->change( $this->document( $id ), [ 'body' => 'Two \\ "x"' ] );
		$revisions = wp_get_post_revisions( $id );
		self::assertSame( 'Two \\ "x"', reset( $revisions )->post_content );
	}

	public function test_hooks_run_after_terms_and_meta_are_written(): void {
		$seen = [];
		add_action(
			'wp_after_insert_post',
			static function ( $id, $post, $update ) use ( &$seen ): void {
				if ( self::TYPE !== $post->post_type ) {
					return;
				}
				$seen[] = [ $update, wp_get_object_terms( $id, self::KIND, [ 'fields' => 'names' ] ), get_post_meta( $id, 'place', true ) ];
			},
			10,
			3
		);
		$item = $this->create( [ 'title' => 'x', 'terms' => [ self::KIND => [ 'A' ] ], 'meta' => [ 'place' => 'P' ] ] )['item'];
		$this->change( $item, [ 'terms' => [ self::KIND => [ 'B' ] ], 'meta' => [ 'place' => 'Q' ] ] );
		self::assertSame( [ [ false, [ 'A' ], 'P' ], [ true, [ 'B' ], 'Q' ] ], $seen );
	}

	public function test_the_user_and_filters_are_restored_after_a_write(): void {
		wp_set_current_user( 0 );
		self::assertNotFalse( has_filter( 'content_save_pre', 'wp_filter_post_kses' ) );
		$this->create( [ 'body' => '<script>x</script>' ] );
		self::assertSame( 0, get_current_user_id() );
		self::assertNotFalse( has_filter( 'content_save_pre', 'wp_filter_post_kses' ) );
		self::assertSame( 10, has_filter( 'title_save_pre', 'trim' ) );
		self::assertSame( 50, has_filter( 'content_save_pre', 'balanceTags' ) );

		kses_remove_filters();
		$this->create( [ 'body' => 'x' ] );
		self::assertFalse( has_filter( 'content_save_pre', 'wp_filter_post_kses' ) );
	}

	public function test_a_text_that_a_plugin_changes_is_refused_before_it_is_written(): void {
		$id     = self::make_post( [ 'post_content' => 'Before' ] );
		$before = self::row( $id );
		$seen   = $this->document( $id );
		add_filter( 'wp_insert_post_data', [ self::class, 'shout' ] );
		$result = $this->apply( 'update', $seen, [ 'body' => 'After', 'terms' => [ self::KIND => [ 'New' ] ] ] );
		self::assertSame( 'content_altered', $result['code'] );
		self::assertStringStartsWith( 'body:', $result['detail'] );
		self::assertSame( $before, self::row( $id ) );
		self::assertSame( [], wp_get_post_revisions( $id ) );
		self::assertSame( 'content_altered', $this->code_of( 'apply', [ 'op' => 'create', 'type' => self::TYPE, 'item_id' => 'i', 'fields' => [ 'title' => 'quiet' ] ] ) );
		self::assertSame( 1, (int) wp_count_posts( self::TYPE )->publish );
		self::assertNull( term_exists( 'New', self::KIND ) );
	}

	/**
	 * @dataProvider late_alterations
	 */
	public function test_a_write_that_a_plugin_changes_afterwards_is_undone( callable $alter, string $name ): void {
		$id = self::make_post( [ 'post_content' => 'Before', 'post_name' => 'before' ] );
		update_post_meta( $id, 'place', 'before' );
		wp_set_object_terms( $id, [ 'Before' ], self::KIND );
		$before = [ $this->document( $id ), self::row( $id ) ];

		$alter();
		$fields = [ 'title' => 'After', 'body' => 'After', 'status' => 'private', 'meta' => [ 'place' => 'after', 'guest' => [ 'after' ] ], 'terms' => [ self::KIND => [ 'After' ] ] ];
		$result = $this->apply( 'update', $before[0], $fields );
		self::assertSame( 'content_altered', $result['code'] ?? 'applied' );
		self::assertStringStartsWith( $name . ':', $result['detail'] );
		self::assertSame( $before, [ $this->document( $id ), self::row( $id ) ] );
		self::assertSame( [], wp_get_post_revisions( $id ) );
		self::assertNull( term_exists( 'After', self::KIND ) );

		$result = $this->command_result( 'apply', [ 'op' => 'create', 'type' => self::TYPE, 'item_id' => 'i', 'fields' => $fields ] );
		self::assertSame( 'content_altered', $result['code'] ?? 'applied' );
		self::assertSame( 1, (int) array_sum( (array) wp_count_posts( self::TYPE ) ) );
		self::assertNull( term_exists( 'After', self::KIND ) );
	}

	public function late_alterations(): array {
		$column = static function ( string $name, string $value ): callable {
			return static function () use ( $name, $value ): void {
				add_action(
					'save_post_' . self::TYPE,
					static function ( $id ) use ( $name, $value ): void {
						self::set_columns( $id, [ $name => $value ] );
					}
				);
			};
		};
		return [
			'the body'   => [ $column( 'post_content', 'Altered' ), 'body' ],
			'the status' => [ $column( 'post_status', 'pending' ), 'status' ],
			'meta'       => [
				static function (): void {
					add_filter(
						'update_post_metadata',
						static function ( $check, $id, $key ) {
							return 'place' === $key ? true : $check;
						},
						10,
						3
					);
				},
				'meta.place',
			],
			'terms'      => [
				static function (): void {
					add_action(
						'wp_after_insert_post',
						static function ( $id ): void {
							wp_set_object_terms( $id, [], self::KIND );
						}
					);
				},
				'terms.' . self::KIND,
			],
		];
	}

	public function test_meta_that_its_plugin_would_sanitize_is_refused_before_anything_is_written(): void {
		$shout = static function ( $value ) {
			return strtoupper( $value );
		};
		register_post_meta( self::TYPE, 'place', [ 'type' => 'string', 'single' => true, 'show_in_rest' => true, 'sanitize_callback' => $shout ] );
		$seen   = $this->document( self::make_post() );
		$result = $this->apply( 'update', $seen, [ 'title' => 'x', 'meta' => [ 'place' => 'quiet' ] ] );
		self::assertSame( 'content_altered', $result['code'] );
		self::assertSame( $seen, $this->document( $seen['id'] ) );
		self::assertSame( 'LOUD', $this->change( $seen, [ 'meta' => [ 'place' => 'LOUD' ] ] )['meta']['place'] );
	}

	/**
	 * @dataProvider bad_fields
	 */
	public function test_bad_fields_are_named_and_nothing_is_written( array $fields, string $name ): void {
		$seen   = $this->document( self::make_post() );
		$result = $this->apply( 'update', $seen, $fields );
		self::assertSame( 'invalid_field', $result['code'] ?? 'applied' );
		self::assertStringStartsWith( $name . ':', $result['detail'] );
		self::assertSame( $seen, $this->document( $seen['id'] ) );
	}

	public function bad_fields(): array {
		return [
			[ [ 'title' => 5 ], 'title' ],
			[ [ 'colour' => 'red' ], 'colour' ],
			[ [ 'status' => 'nonsense' ], 'status' ],
			[ [ 'status' => 'auto-draft' ], 'status' ],
			[ [ 'status' => 'inherit' ], 'status' ],
			[ [ 'date' => '2024-01-01 00:00:00' ], 'date' ],
			[ [ 'date' => 'tomorrow' ], 'date' ],
			[ [ 'date' => 5 ], 'date' ],
			[ [ 'parent' => -1 ], 'parent' ],
			[ [ 'parent' => 987654321 ], 'parent' ],
			[ [ 'author' => 987654321 ], 'author' ],
			[ [ 'terms' => [ 'category' => [ 'x' ] ] ], 'terms.category' ],
			[ [ 'terms' => [ self::KIND => 'x' ] ], 'terms.' . self::KIND ],
			[ [ 'terms' => [ self::KIND => [ ' ' ] ] ], 'terms.' . self::KIND ],
			[ [ 'terms' => [ self::KIND => [ '<b></b>' ] ] ], 'terms.' . self::KIND ],
			[ [ 'terms' => [ self::KIND => [ [ 'x' ] ] ] ], 'terms.' . self::KIND ],
			[ [ 'meta' => [ 'hidden' => 'x' ] ], 'meta.hidden' ],
			[ [ 'meta' => [ '_thumbnail_id' => 5 ] ], 'meta._thumbnail_id' ],
			[ [ 'meta' => [ '_igny8_item_id' => 'x' ] ], 'meta._igny8_item_id' ],
			[ [ 'meta' => [ 'guest' => 'x' ] ], 'meta.guest' ],
			[ [ 'featured' => [ 'id' => 1 ] ], 'featured' ],
			[ [ 'featured' => [ 'id' => 987654321 ] ], 'featured' ],
			[ [ 'featured' => 'x' ], 'featured' ],
			[ [ 'body' => str_repeat( 'x', 1500001 ) ], 'body' ],
		];
	}

	public function test_bad_arguments_are_named(): void {
		$good = [ 'op' => 'create', 'type' => self::TYPE, 'item_id' => 'i', 'fields' => [] ];
		foreach ( [ 'op' => 'burn', 'item_id' => '', 'type' => [], 'fields' => 'x' ] as $name => $value ) {
			$result = $this->command_result( 'apply', array_merge( $good, [ $name => $value ] ) );
			self::assertSame( 'invalid_field', $result['code'] );
			self::assertStringStartsWith( $name . ':', $result['detail'] );
		}
		self::assertSame( 'unknown_type', $this->code_of( 'apply', array_merge( $good, [ 'type' => 'revision' ] ) ) );
		self::assertSame( 'invalid_field', $this->code_of( 'apply', array_merge( $good, [ 'type' => 'attachment' ] ) ) );
		self::assertSame( 'invalid_field', $this->code_of( 'apply', array_merge( $good, [ 'op' => 'update', 'id' => 0 ] ) ) );
	}

	public function test_a_post_may_be_emptied(): void {
		$item = $this->create( [ 'title' => 'x', 'body' => 'y' ], '', 'post' )['item'];
		$item = $this->change( $item, [ 'title' => '', 'body' => '' ] );
		self::assertSame( [ '', '' ], [ $item['title'], $item['body'] ] );
	}

	public function test_an_attachment_is_edited_in_place(): void {
		$image = $this->document( self::make_image() );
		$after = $this->change( $image, [ 'title' => 'New', 'excerpt' => 'Caption', 'status' => 'publish' ] );
		self::assertSame( [ 'New', 'Caption', 'publish' ], [ $after['title'], $after['excerpt'], $after['status'] ] );
		self::assertSame( 'inherit', self::row( $image['id'] )['post_status'] );
		self::assertSame( 'trash_off', $this->apply( 'trash', $after )['code'], 'There is no trash for media here.' );
		self::assertFalse( igny8_get_site_structure()['post_types']['attachment']['has_trash'] );
		self::assertSame( 'not_in_trash', $this->apply( 'delete', $after )['code'], 'Nothing is deleted silently instead.' );
		self::assertNotNull( self::row( $image['id'] ) );
	}

	public function test_a_plugin_that_protects_a_post_is_named(): void {
		$seen = $this->document( self::make_post() );
		add_filter( 'pre_delete_post', '__return_false' );
		add_filter( 'pre_trash_post', '__return_false' );
		self::assertSame( 'write_failed', $this->apply( 'trash', $seen )['code'] );
		self::assertSame( $seen, $this->document( $seen['id'] ) );
		self::set_columns( $seen['id'], [ 'post_status' => 'trash' ] );
		self::assertSame( 'write_failed', $this->apply( 'delete', $this->document( $seen['id'] ) )['code'] );
		self::assertNotNull( self::row( $seen['id'] ) );
	}

	private static function make_trashed(): int {
		$id = self::make_post();
		wp_trash_post( $id );
		return $id;
	}

	/**
	 * @param array $data Of wp_insert_post().
	 */
	public static function shout( array $data ): array {
		$data['post_title']   = strtoupper( $data['post_title'] );
		$data['post_content'] = strtoupper( $data['post_content'] );
		return $data;
	}

	private static function make_edit( int $id, string $title ): void {
		wp_update_post( [ 'ID' => $id, 'post_title' => $title ] );
	}
}
