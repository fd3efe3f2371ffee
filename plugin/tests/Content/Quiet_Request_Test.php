<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * T59: hooks that run during a command don't see the request that carries it.
 */
final class Quiet_Request_Test extends Content_Test_Case {

	public function test_hooks_see_nothing_of_the_request_that_carries_a_command_and_it_comes_back(): void {
		$_GET     = [ 'lang' => 'de' ];
		$_POST    = [ 'meta_box' => 'of somebody else' ];
		$_REQUEST = $_GET + $_POST;
		$_COOKIE  = [ 'wordpress_logged_in' => 'x' ];
		$_FILES   = [ 'upload' => [ 'name' => 'x' ] ];
		$_SERVER  = array_merge( $_SERVER, [ 'REQUEST_URI' => '/wp-admin/post.php?action=edit', 'QUERY_STRING' => 'action=edit', 'HTTP_REFERER' => 'https://x', 'HTTP_COOKIE' => 'x', 'PHP_AUTH_USER' => 'x' ] );

		$GLOBALS['post'] = get_post( self::make_post() );
		$look            = static function (): array {
			return [ $_GET, $_POST, $_REQUEST, $_COOKIE, $_FILES, $_SERVER, $GLOBALS['post'] ];
		};
		$before          = $look();
		$seen            = [];
		$spy             = static function () use ( &$seen, $look ): void {
			$seen[] = $look();
		};
		add_action( 'save_post', $spy );
		add_action( 'updated_post_meta', $spy );
		add_action( 'added_post_meta', $spy );
		$item = $this->create( [ 'title' => 'x', 'meta' => [ 'place' => 'Hall' ] ] )['item'];
		$this->change( $item, [ 'title' => 'y', 'meta' => [ 'place' => 'Room' ] ] );

		self::assertGreaterThan( 3, count( $seen ) );
		foreach ( $seen as $one ) {
			self::assertSame( [ [], [], [], [], [] ], array_slice( $one, 0, 5 ) );
			self::assertSame( [ 'POST', '', '/wp-admin/post.php' ], [ $one[5]['REQUEST_METHOD'], $one[5]['QUERY_STRING'], $one[5]['REQUEST_URI'] ] );
			self::assertSame( [], array_intersect( [ 'HTTP_REFERER', 'HTTP_COOKIE', 'PHP_AUTH_USER' ], array_keys( $one[5] ) ) );
			self::assertNull( $one[6] );
		}
		self::assertSame( $before, $look() );
	}

	public function test_the_request_comes_back_after_a_command_that_fails(): void {
		$_POST = [ 'a' => 'b' ];
		add_action(
			'save_post',
			static function (): void {
				throw new \RuntimeException( 'A plugin fails.' );
			}
		);
		self::assertSame( 'command_failed', $this->code_of( 'apply', [ 'op' => 'create', 'type' => self::TYPE, 'item_id' => 'item_a', 'fields' => [ 'title' => 'x' ] ] ) );
		self::assertSame( [ 'a' => 'b' ], $_POST );
	}

	protected function tearDown(): void {
		$_COOKIE = [];
		$_FILES  = [];
		$_GET    = [];
		unset( $GLOBALS['post'], $_SERVER['HTTP_REFERER'], $_SERVER['HTTP_COOKIE'], $_SERVER['PHP_AUTH_USER'] );
		$_SERVER['REQUEST_URI'] = '/';
		parent::tearDown();
	}
}
