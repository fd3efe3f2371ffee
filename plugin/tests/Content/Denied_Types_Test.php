<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * What the owner denies in wp-admin is neither read nor written, whatever IGNY8 asks.
 */
final class Denied_Types_Test extends Content_Test_Case {

	public function test_a_denied_type_is_neither_read_nor_written(): void {
		$id   = self::make_post( [ 'post_title' => 'Mine' ] );
		$seen = $this->document( $id );
		$this->deny( 'post_types', self::TYPE );
		foreach ( [ 'update', 'trash', 'untrash', 'delete' ] as $op ) {
			self::assertSame( 'type_denied', $this->apply( $op, $seen, 'delete' === $op ? [] : [ 'title' => 'Theirs' ] )['code'], $op );
		}
		self::assertSame( 'type_denied', $this->code_of( 'index', [ 'type' => self::TYPE, 'fields' => 'full' ] ) );
		self::assertSame( 'type_denied', $this->code_of( 'index', [ 'type' => self::TYPE, 'fields' => 'ids' ] ) );
		self::assertSame( 'type_denied', $this->code_of( 'digest', [ 'type' => self::TYPE, 'symbols' => 4 ] ) );
		$fetched = $this->run_command( 'fetch', [ 'ids' => [ $id, 99999999 ] ] );
		self::assertSame( [ [], [ 99999999 ], [ $id ] ], [ $fetched['items'], $fetched['missing'], $fetched['denied'] ] );
		self::assertSame( 'Mine', self::row( $id )['post_title'] );

		$this->plugin->settings->save_allowed( 'post_types', [ self::TYPE => true ] );
		self::assertSame( 'applied', $this->apply( 'update', $seen, [ 'title' => 'Agreed' ] )['data']['outcome'] );
	}

	public function test_denied_media_takes_no_images(): void {
		$this->deny( 'post_types', 'attachment' );
		self::assertSame( 'type_denied', $this->code_of( 'media', [ 'url' => 'https://example.com/a.jpg', 'hash' => 'h' ] ) );
	}

	public function test_terms_of_a_denied_taxonomy_are_neither_listed_nor_changed_and_stay_with_their_posts(): void {
		$item = $this->create( [ 'title' => 'x', 'terms' => [ self::KIND => [ 'Fair' ] ] ] )['item'];
		$this->deny( 'taxonomies', self::KIND );
		self::assertSame( 'type_denied', $this->code_of( 'terms', [ 'taxonomy' => self::KIND ] ) );
		self::assertSame( 'type_denied', $this->apply( 'update', $item, [ 'terms' => [ self::KIND => [ 'Other' ] ] ] )['code'] );
		self::assertSame( [ 'Fair' ], $this->change( $item, [ 'title' => 'y' ] )['terms'][ self::KIND ] );
	}

	public function test_changes_of_a_denied_type_are_not_reported(): void {
		$id = self::make_post();
		$this->plugin->outbox->recorder->flush();
		$this->forget_outbox();
		$this->deny( 'post_types', self::TYPE );
		wp_update_post( [ 'ID' => $id, 'post_title' => 'Private matter' ] );
		update_post_meta( $id, 'place', 'Here' );
		wp_set_object_terms( $id, [ 'Secret' ], self::KIND );
		wp_trash_post( $id );
		wp_delete_post( $id, true );
		$this->plugin->outbox->recorder->flush();
		self::assertSame( 0, $this->outbox_rows() );
	}

	private function deny( string $kind, string $slug ): void {
		$this->plugin->settings->save_allowed( $kind, [ $slug => false ] );
	}

	private function forget_outbox(): void {
		global $wpdb;
		$wpdb->query( "DELETE FROM {$wpdb->prefix}igny8_outbox" );
	}

	private function outbox_rows(): int {
		global $wpdb;
		return (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}igny8_outbox" );
	}
}
