<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

use Igny8\Bridge\Content\Made_Bodies;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * Links to items of IGNY8 become those of the items' posts: at once, or when the post is made.
 *
 * @group environment
 */
final class Item_Links_In_Bodies_Test extends Content_Test_Case {

	private const MORE = '<p>One <a href="https://e.test/">two</a></p>';

	public function test_a_link_to_an_item_on_the_site_becomes_its_permalink(): void {
		$ours  = $this->create( [ 'title' => 'There', 'status' => 'publish' ], 'item_there', 'post' )['item'];
		$other = self::make_post( [ 'post_type' => 'page', 'post_title' => 'Page' ] );
		$args  = [
			'op'      => 'create',
			'type'    => 'post',
			'item_id' => 'item_from',
			'links'   => [ 'item_page' => $other ],
			'fields'  => [ 'title' => 'From', 'body' => '<p>See <a class="x" href="igny8://item/item_there">this</a> and <a href="igny8://item/item_page">that</a>.</p>' ],
		];
		$item  = $this->run_command( 'apply', $args )['item'];
		self::assertStringContainsString( '<p>See <a class="x" href="' . $ours['url'] . '">this</a> and <a href="' . get_permalink( $other ) . '">that</a>.</p>', $item['body'] );
		self::assertSame( Made_Bodies::hash( $args['fields']['body'] ), $item['made_of'] );
		self::assertSame( [], get_post_meta( $item['id'], '_igny8_open_link' ) );
	}

	public function test_a_link_to_an_item_to_come_is_closed_when_its_post_is_made(): void {
		self::become_acting_user( $this, 'editor' );
		$item = $this->create( [ 'title' => 'From', 'status' => 'publish', 'body' => self::MORE . '<p><a href="igny8://item/item_later">later</a> <a href="igny8://item/item_never">never</a></p>' ], 'item_from2', 'post' )['item'];
		self::assertStringContainsString( '<a href="#igny8/item_later">later</a> <a href="#igny8/item_never">never</a>', $item['body'] );
		$later = $this->create( [ 'title' => 'Later', 'status' => 'publish' ], 'item_later', 'post' )['item'];
		$after = $this->document( $item['id'] );
		self::assertSame( str_replace( '#igny8/item_later', $later['url'], $item['body'] ), $after['body'] );
		// IGNY8 takes it for its own text, and hears of it by a webhook.
		self::assertSame( Made_Bodies::hash( $item['body'] ), $after['made_of'] );
		self::assertSame( [ 'item_never' ], get_post_meta( $item['id'], '_igny8_open_link' ) );
	}

	public function test_a_post_that_is_open_in_an_editor_is_left_alone(): void {
		$item = $this->create( [ 'title' => 'From', 'body' => '<p><a href="igny8://item/item_open">x</a></p>' ], 'item_from3', 'post' )['item'];
		update_post_meta( $item['id'], '_edit_lock', time() . ':1' );
		$this->create( [ 'title' => 'Open' ], 'item_open', 'post' );
		self::assertSame( $item['body'], $this->document( $item['id'] )['body'] );
		delete_post_meta( $item['id'], '_edit_lock' );
		// The next write of the body closes it.
		$after = $this->change( $this->document( $item['id'] ), [ 'body' => $item['body'] . "\n\n<!-- wp:paragraph -->\n<p>New</p>\n<!-- /wp:paragraph -->" ] );
		self::assertStringNotContainsString( 'igny8/', $after['body'] );
	}

	public function test_bad_maps_of_posts_are_refused(): void {
		foreach ( [ 'x', [ 'item_a' => 'x' ], [ 'item_a' => null ] ] as $links ) {
			self::assertSame( 'invalid_field', $this->code_of( 'apply', [ 'op' => 'create', 'type' => 'post', 'item_id' => 'item_bad', 'links' => $links, 'fields' => [ 'title' => 'x' ] ] ) );
		}
	}
}
