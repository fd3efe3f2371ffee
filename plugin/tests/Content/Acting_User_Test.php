<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * T59: IGNY8 may do what the acting user may do, and no more.
 *
 * @group environment
 */
final class Acting_User_Test extends Content_Test_Case {

	/**
	 * @dataProvider refusals
	 */
	public function test_what_the_role_may_not_do_is_refused_with_user_and_capability( string $role, callable $act, string $capability ): void {
		$owner = self::become_acting_user( $this, $role );
		$posts = count( get_posts( [ 'post_type' => 'any', 'post_status' => 'any', 'numberposts' => -1 ] ) );
		$act   = \Closure::bind( $act, $this, self::class );

		list( $result, $before, $id ) = $act( $owner );
		self::assertSame( 'not_permitted', $result['code'] ?? $result['data']['outcome'] );
		self::assertFalse( $result['retryable'] );
		self::assertSame( [ $owner, $capability ], [ $result['permission']['user_id'], $result['permission']['capability'] ] );
		foreach ( [ get_userdata( $owner )->display_name, $capability ] as $part ) {
			self::assertStringContainsString( $part, $result['detail'] );
		}
		if ( $id > 0 ) {
			self::assertSame( $before, self::row( $id ) );
		}
		self::assertSame( $posts + ( $id > 0 ? 1 : 0 ), count( get_posts( [ 'post_type' => 'any', 'post_status' => 'any', 'numberposts' => -1 ] ) ), 'Nothing was created.' );
		self::assertSame( 0, get_current_user_id() );
	}

	public function refusals(): array {
		$change = static function ( array $post, string $op, array $fields ): callable {
			return function ( int $owner ) use ( $post, $op, $fields ): array {
				$id = self::make_post( array_merge( [ 'post_type' => 'post', 'post_author' => 'own' === ( $post['post_author'] ?? '' ) ? $owner : 1 ], array_diff_key( $post, [ 'post_author' => 1 ] ) ) );
				if ( isset( $fields['author'] ) ) {
					$fields['author'] = 1;
				}
				$before = self::row( $id );
				return [ $this->apply( $op, $this->document( $id ), $fields ), $before, $id ];
			};
		};
		$create = static function ( array $fields, string $type = 'post' ): callable {
			return function () use ( $fields, $type ): array {
				return [ $this->command_result( 'apply', [ 'op' => 'create', 'type' => $type, 'item_id' => 'item_a', 'fields' => $fields ] ), null, 0 ];
			};
		};
		$own    = [ 'post_author' => 'own' ];
		return [
			'a contributor publishes'            => [ 'contributor', $create( [ 'title' => 'x', 'status' => 'publish' ] ), 'publish_posts' ],
			'a contributor schedules'            => [ 'contributor', $create( [ 'title' => 'x', 'status' => 'future', 'date' => '2040-01-01T00:00:00Z' ] ), 'publish_posts' ],
			'a contributor writes privately'     => [ 'contributor', $create( [ 'title' => 'x', 'status' => 'private' ] ), 'publish_posts' ],
			'a contributor publishes a draft'    => [ 'contributor', $change( $own + [ 'post_status' => 'draft' ], 'update', [ 'status' => 'publish' ] ), 'publish_posts' ],
			'a contributor edits a published one' => [ 'contributor', $change( $own, 'update', [ 'title' => 'x' ] ), 'edit_published_posts' ],
			'an author creates a page'           => [ 'author', $create( [ 'title' => 'x' ], 'page' ), 'edit_pages' ],
			'an author edits another\'s post'    => [ 'author', $change( [], 'update', [ 'title' => 'x' ] ), 'edit_others_posts' ],
			'an author edits a private post'     => [ 'author', $change( [ 'post_status' => 'private' ], 'update', [ 'title' => 'x' ] ), 'edit_others_posts' ],
			'an author deletes another\'s post'  => [ 'author', $change( [], 'delete', [] ), 'delete_others_posts' ],
			'an author trashes another\'s post'  => [ 'author', $change( [], 'trash', [] ), 'delete_others_posts' ],
			'an author changes the author'       => [ 'author', $change( $own, 'update', [ 'author' => 1 ] ), 'edit_others_posts' ],
			'an author names another author'     => [ 'author', $create( [ 'title' => 'x', 'author' => 1 ] ), 'edit_others_posts' ],
			'an author makes a category'         => [ 'author', $change( $own, 'update', [ 'terms' => [ 'category' => [ 'Brand new' ] ] ] ), 'manage_categories' ],
		];
	}

	public function test_what_the_role_may_do_goes_through(): void {
		$author = self::become_acting_user( $this, 'author' );
		$item   = $this->create( [ 'title' => 'Mine', 'body' => '<p>Text</p>', 'status' => 'publish', 'terms' => [ 'post_tag' => [ 'Brand new' ] ] ], '', 'post' )['item'];
		self::assertSame( [ $author, 'publish' ], [ $item['author'], $item['status'] ] );
		self::assertSame( 'Changed', $this->change( $item, [ 'title' => 'Changed' ] )['title'] );

		self::become_acting_user( $this, 'editor' );
		$page = $this->create( [ 'title' => 'Page', 'author' => 1, 'status' => 'private' ], '', 'page' )['item'];
		self::assertSame( 1, $page['author'] );
		$trashed = $this->apply( 'trash', $page )['data']['item'];
		self::assertSame( 'applied', $this->apply( 'delete', $trashed )['data']['outcome'] );
	}

	public function test_meta_needs_the_right_that_its_plugin_asks_for(): void {
		self::become_acting_user( $this, 'editor' );
		register_post_meta( self::TYPE, 'place', [ 'type' => 'string', 'single' => true, 'show_in_rest' => true, 'auth_callback' => '__return_false' ] );
		$id = self::make_post();
		update_post_meta( $id, 'place', 'Hall' );
		$document = $this->document( $id );
		$result   = $this->apply( 'update', $document, [ 'title' => 'x', 'meta' => [ 'place' => 'Other' ] ] );
		self::assertSame( [ 'not_permitted', 'edit_post_meta' ], [ $result['code'], $result['permission']['capability'] ] );
		self::assertSame( 'x', $this->change( $document, [ 'title' => 'x', 'meta' => [ 'place' => 'Hall' ] ] )['title'], 'What does not change needs no right.' );
		self::assertSame( 'not_permitted', $this->code_of( 'apply', [ 'op' => 'create', 'type' => self::TYPE, 'item_id' => 'item_a', 'fields' => [ 'title' => 'x', 'meta' => [ 'place' => 'Hall' ] ] ] ) );
		self::assertSame( 1, (int) array_sum( (array) wp_count_posts( self::TYPE ) ) );
	}

	public function test_html_that_kses_alters_is_refused_and_other_html_goes_through(): void {
		$author = self::become_acting_user( $this, 'author' );
		self::assertStringContainsString( '<p>Good</p>', $this->create( [ 'title' => 'Good', 'body' => '<p>Good</p>' ], '', 'post' )['item']['body'] );

		$result = $this->command_result( 'apply', [ 'op' => 'create', 'type' => 'post', 'item_id' => 'item_a', 'fields' => [ 'title' => 'Bad', 'body' => '<p>Bad</p><script>x</script>' ] ] );
		self::assertSame( 'content_altered', $result['code'] );
		self::assertSame( [ 'body', 'content_save_pre' ], [ $result['alteration']['field'], $result['alteration']['filter'] ] );
		self::assertStringContainsString( 'kses', $result['alteration']['by'] );
		self::assertStringContainsString( get_userdata( $author )->display_name, $result['detail'] );
		self::assertStringContainsString( 'unfiltered_html', $result['detail'] );
	}

	public function test_unfiltered_html_beside_an_edit_stays_for_a_user_who_may_not_write_it(): void {
		$author = self::become_acting_user( $this, 'author' );
		$id     = self::make_post( [ 'post_type' => 'post', 'post_author' => $author ] );
		self::set_columns( $id, [ 'post_content' => self::NASTY, 'post_excerpt' => '<form>x</form>' ] );
		$this->change( $this->document( $id ), [ 'title' => 'New title' ] );
		self::assertSame( [ 'New title', self::NASTY, '<form>x</form>' ], [ self::row( $id )['post_title'], self::row( $id )['post_content'], self::row( $id )['post_excerpt'] ] );
	}

	public function test_a_chosen_user_who_is_gone_or_demoted_is_replaced_by_nobody(): void {
		$document = $this->document( self::make_post() );
		$id       = self::become_acting_user( $this, 'editor' );
		( new \WP_User( $id ) )->set_role( 'subscriber' );
		$result = $this->apply( 'update', $document, [ 'title' => 'x' ] );
		self::assertSame( 'acting_user_unusable', $result['code'] );
		self::assertStringContainsString( get_userdata( $id )->display_name, $result['detail'] );

		$name = get_userdata( $id )->display_name;
		wp_delete_user( $id );
		$result = $this->apply( 'update', $document, [ 'title' => 'x' ] );
		self::assertSame( 'acting_user_unusable', $result['code'] );
		self::assertStringContainsString( $name, $result['detail'] );
		self::assertSame( 'Event', self::row( $document['id'] )['post_title'] );

		$this->plugin->acting_user->choose( null );
		self::assertSame( 'x', $this->change( $document, [ 'title' => 'x' ] )['title'] );
	}

	public function test_an_author_is_found_by_id_login_mail_and_name_if_they_may_write(): void {
		$writer = self::make_user( 'author', [ 'display_name' => 'Ada of Tests', 'user_login' => 'igny8_ada', 'user_email' => 'ada@igny8.test' ] );
		$reader = self::make_user( 'subscriber' );
		foreach ( [ $writer, 'igny8_ada', 'ada@igny8.test', 'Ada of Tests' ] as $named ) {
			$document = $this->document( self::make_post( [ 'post_type' => 'post' ] ) );
			$after    = $this->change( $document, [ 'author' => $named ] );
			self::assertSame( [ $writer, 'Ada of Tests' ], [ $after['author'], $after['author_name'] ] );
		}
		$document = $this->document( self::make_post( [ 'post_type' => 'post' ] ) );
		foreach ( [ $reader, 'nobody@igny8.test' ] as $named ) {
			self::assertSame( 'author_not_found', $this->apply( 'update', $document, [ 'author' => $named ] )['code'] );
		}
	}

	public function test_authors_are_listed_without_readers_and_mail_addresses(): void {
		$writer = self::make_user( 'author', [ 'display_name' => 'someone@igny8.test', 'user_email' => 'someone@igny8.test' ] );
		$reader = self::make_user( 'subscriber' );
		$data   = igny8_get_site_structure();
		$names  = array_column( $data['authors'], 'name', 'id' );
		self::assertSame( 'someone', $names[ $writer ] );
		self::assertArrayNotHasKey( $reader, $names );
		self::assertStringNotContainsString( '@', (string) wp_json_encode( $data['authors'] ) );
	}
}
