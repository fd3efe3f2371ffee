<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Plugin;
use Igny8\Bridge\Tests\Site_Test_Case;
use RuntimeException;

/**
 * Base of tests on a connected site with a custom post type; runs commands as they come over the wire.
 */
abstract class Content_Test_Case extends Site_Test_Case {

	protected const TYPE = 'igny8_event';

	protected const KIND = 'igny8_kind';

	/**
	 * Text that must be stored unchanged: emoji, quotes, slashes, entities, shortcodes, blocks, and markup that
	 * visitors may not write.
	 */
	protected const NASTY = "<!-- wp:paragraph {\"a\":\"\\u003cb\\u003e \\\\n\"} -->\n<p onclick='x()'>é 🎉 𝒳 \\ \\\\ \\' \" &amp; &#128; &nbsp; < > [gallery ids=\"1,2\"] % %s %d</p>\r\n<script>alert(1)</script>\t<!-- /wp:paragraph -->\n\n[caption]<b>open";

	private static int $made = 0;

	protected function setUp(): void {
		global $wpdb;

		parent::setUp();
		// Created before the transaction, because MariaDB ends a transaction when a table is created.
		$wpdb->query( 'ROLLBACK' );
		$this->plugin = Plugin::instance();
		$this->plugin->outbox->tables->ensure();
		$wpdb->query( 'START TRANSACTION' );
		wp_cache_flush();

		register_post_type( self::TYPE, [ 'public' => true, 'hierarchical' => true, 'show_in_rest' => false, 'supports' => [ 'title', 'editor', 'excerpt', 'thumbnail', 'revisions' ] ] );
		register_taxonomy( self::KIND, [ self::TYPE, 'post' ], [ 'public' => true ] );
		register_post_meta( self::TYPE, 'place', [ 'type' => 'string', 'single' => true, 'show_in_rest' => true ] );
		register_post_meta( self::TYPE, 'plan', [ 'type' => 'object', 'single' => true, 'show_in_rest' => [ 'schema' => [ 'type' => 'object' ] ] ] );
		register_post_meta( self::TYPE, 'guest', [ 'type' => 'string', 'single' => false, 'show_in_rest' => true ] );
		// Discards changes that an earlier test left to be written, because there is no connection yet.
		$this->plugin->outbox->recorder->flush();
		$this->connect();
	}

	protected function tearDown(): void {
		foreach ( [ 'place', 'plan', 'guest' ] as $key ) {
			unregister_post_meta( self::TYPE, $key );
		}
		parent::tearDown();
	}

	/**
	 * @return array Result of one command, as the API reads it.
	 */
	protected function command_result( string $name, array $args, string $id = '', int $max_bytes = 10000000 ): array {
		$id     = '' === $id ? 'cmd_' . ++self::$made : $id;
		$args   = json_decode( (string) wp_json_encode( (object) $args ), true );
		$batch  = [ [ 'id' => $id, 'name' => $name, 'args' => $args ] ];
		$answer = $this->plugin->executor->execute( $batch, new Context( 20000, $max_bytes ) );
		return json_decode( $answer, true )['results'][0];
	}

	/**
	 * @return array Data of a command that is to go well.
	 */
	protected function run_command( string $name, array $args, string $id = '', int $max_bytes = 10000000 ): array {
		$result = $this->command_result( $name, $args, $id, $max_bytes );
		self::assertTrue( $result['ok'], ( $result['code'] ?? '' ) . ': ' . ( $result['detail'] ?? '' ) );
		return $result['data'];
	}

	protected function code_of( string $name, array $args ): string {
		$result = $this->command_result( $name, $args );
		return $result['ok'] ? 'ok' : $result['code'];
	}

	protected function document( int $id ): array {
		return $this->run_command( 'fetch', [ 'ids' => [ $id ] ] )['items'][0];
	}

	/**
	 * @param array $columns Of wp_insert_post(), not slashed.
	 */
	protected static function make_post( array $columns = [] ): int {
		$id = wp_insert_post( wp_slash( $columns + [ 'post_type' => self::TYPE, 'post_title' => 'Event', 'post_status' => 'publish', 'post_author' => 1 ] ), true );
		self::assertIsInt( $id );
		return $id;
	}

	protected static function make_image( string $alt = '' ): int {
		$id = wp_insert_attachment( [ 'post_title' => 'Image', 'post_mime_type' => 'image/png' ], 'image.png' );
		update_post_meta( $id, '_wp_attachment_image_alt', $alt );
		return $id;
	}

	/**
	 * @param array $fields Of the new item.
	 */
	protected function create( array $fields, string $item_id = '', string $type = self::TYPE ): array {
		$item_id = '' === $item_id ? 'item_' . ++self::$made : $item_id;
		return $this->run_command( 'apply', [ 'op' => 'create', 'type' => $type, 'item_id' => $item_id, 'fields' => $fields ] );
	}

	/**
	 * Runs a create that a hook of another plugin ends.
	 */
	protected function interrupt( string $hook, array $fields, string $item_id, string $type = self::TYPE ): void {
		$end = static function (): void {
			throw new RuntimeException( 'ended' );
		};
		add_action( $hook, $end );
		$result = $this->command_result( 'apply', [ 'op' => 'create', 'type' => $type, 'item_id' => $item_id, 'fields' => $fields ] );
		remove_action( $hook, $end );
		self::assertFalse( $result['ok'] );
	}

	/**
	 * @param array $document As it was seen.
	 */
	protected function apply( string $op, array $document, array $fields = [] ): array {
		return $this->command_result( 'apply', self::apply_args( $op, $document, $fields ) );
	}

	protected static function apply_args( string $op, array $document, array $fields = [] ): array {
		return [ 'op' => $op, 'type' => $document['type'], 'id' => $document['id'], 'expect' => $document['etag'], 'fields' => (object) $fields ];
	}

	/**
	 * @return array The document afterwards.
	 */
	protected function change( array $document, array $fields, string $op = 'update' ): array {
		$result = $this->apply( $op, $document, $fields );
		self::assertTrue( $result['ok'], ( $result['code'] ?? '' ) . ': ' . ( $result['detail'] ?? '' ) );
		self::assertSame( 'applied', $result['data']['outcome'] );
		return $result['data']['item'];
	}

	/**
	 * Ids of the posts with a title, revisions left out.
	 */
	protected static function ids_with( string $title ): array {
		global $wpdb;
		return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM {$wpdb->posts} WHERE post_title = %s AND post_type <> 'revision' ORDER BY ID", $title ) ) );
	}

	/**
	 * Columns as stored.
	 */
	protected static function row( int $id ): ?array {
		global $wpdb;
		return $wpdb->get_row( $wpdb->prepare( "SELECT * FROM {$wpdb->posts} WHERE ID = %d", $id ), ARRAY_A );
	}

	protected static function set_columns( int $id, array $columns ): void {
		global $wpdb;
		$wpdb->update( $wpdb->posts, $columns, [ 'ID' => $id ] );
		clean_post_cache( $id );
	}

	/**
	 * @param array $data Of wp_insert_user().
	 */
	protected static function make_user( string $role, array $data = [] ): int {
		++self::$made;
		$id = wp_insert_user( $data + [ 'user_login' => 'igny8_user_' . self::$made, 'user_pass' => 'x', 'user_email' => 'user' . self::$made . '@igny8.test', 'display_name' => 'User ' . self::$made, 'role' => $role ] );
		self::assertIsInt( $id );
		return $id;
	}

	/**
	 * Has the plugin write as a new user.
	 */
	protected static function become_acting_user( self $test, string $role ): int {
		$id = self::make_user( $role );
		$test->plugin->acting_user->choose( get_userdata( $id ) );
		return $id;
	}

	protected static function is_sqlite(): bool {
		global $wpdb;
		return false !== stripos( get_class( $wpdb ), 'sqlite' );
	}
}
