<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Security\Cipher;
use Igny8\Bridge\Security\Key_Store;

/**
 * T41 in the plugin: the options table holds no usable credential.
 */
final class Key_Store_Test extends Site_Test_Case {

	public function test_a_stored_key_is_read_back(): void {
		$this->plugin->keys->save_api_key( self::KEY );
		self::assertSame( self::KEY, $this->plugin_with( '' )->keys->api_key() );
	}

	public function test_the_options_table_holds_neither_key_nor_secret_as_text(): void {
		$this->connect();
		$this->plugin->keys->save_waiting( self::OTHER_KEY, time() + 60 );
		$pending = $this->plugin->keys->begin_pending();
		$current = self::signing_secret( $this->plugin );

		$table = self::options_table();
		self::assertStringContainsString( Key_Store::OPTION, $table );
		foreach ( [ self::KEY, self::OTHER_KEY, $pending, $current ] as $secret ) {
			$bare = substr( $secret, 6 );
			foreach ( [ $bare, base64_encode( $secret ), base64_encode( $bare ), bin2hex( $secret ), strrev( $bare ) ] as $form ) {
				self::assertStringNotContainsString( $form, $table );
			}
		}
	}

	public function test_the_option_with_secrets_is_not_autoloaded(): void {
		$this->connect();
		self::assertArrayNotHasKey( Key_Store::OPTION, wp_load_alloptions( true ) );
	}

	public function test_the_same_key_is_never_encrypted_the_same_way_twice(): void {
		$cipher = new Cipher();
		self::assertNotSame( $cipher->encrypt( self::KEY, 'api_key' ), $cipher->encrypt( self::KEY, 'api_key' ) );
	}

	public function test_a_ciphertext_cannot_be_decrypted_under_another_name(): void {
		$cipher = new Cipher();
		$text   = $cipher->encrypt( self::KEY, 'api_key' );
		self::assertSame( self::KEY, $cipher->decrypt( $text, 'api_key' ) );
		self::assertNull( $cipher->decrypt( $text, 'current' ) );
	}

	public function test_a_damaged_ciphertext_cannot_be_decrypted(): void {
		$cipher = new Cipher();
		$text   = $cipher->encrypt( self::KEY, 'api_key' );
		foreach ( [ '', 'v1:', 'v2:' . substr( $text, 3 ), substr( $text, 0, -8 ), 'v1:!!!', substr( $text, 0, 10 ) . 'AAAA' . substr( $text, 14 ) ] as $damaged ) {
			self::assertNull( $cipher->decrypt( $damaged, 'api_key' ) );
		}
	}

	public function test_when_salts_change_the_state_says_so_and_nothing_breaks(): void {
		$this->connect();
		$this->change_salts();

		self::assertSame( '', $this->plugin->keys->api_key() );
		self::assertSame( [], $this->plugin->keys->signing_secrets() );
		self::assertSame( Status::KEY_UNREADABLE, $this->plugin->status->state() );
		self::assertInstanceOf( \WP_Error::class, igny8_sync_site_structure_to_backend() );
		self::assertSame( [], $this->api->requests );
	}

	public function test_after_a_change_of_salts_connecting_again_works(): void {
		$this->connect();
		$this->change_salts();
		$this->connect();
		self::assertSame( Status::READY, $this->plugin->status->state() );
		self::assertSame( self::KEY, $this->plugin->keys->api_key() );
	}

	public function test_a_promoted_secret_leaves_the_old_one_valid_for_an_hour(): void {
		$keys  = $this->plugin->keys;
		$first = $keys->begin_pending();
		self::assertSame( [ 'pending' => $first ], $keys->signing_secrets() );
		$keys->promote_pending();
		$second = $keys->begin_pending();
		self::assertNotSame( $first, $second );
		$keys->promote_pending();

		$both = [
			'current'  => $second,
			'previous' => $first,
		];
		self::assertSame( $both, $keys->signing_secrets() );

		$kept = get_option( Key_Store::OPTION );
		self::assertEqualsWithDelta( time() + 3600, $kept['previous_until'], 2 );
		$kept['previous_until'] = time() - 1;
		update_option( Key_Store::OPTION, $kept );
		self::assertSame( [ 'current' => $second ], $keys->signing_secrets() );
	}

	public function test_a_promotion_without_a_pending_secret_changes_nothing(): void {
		$this->connect();
		$before = $this->plugin->keys->signing_secrets();
		$this->plugin->keys->promote_pending();
		self::assertSame( $before, $this->plugin->keys->signing_secrets() );
	}

	public function test_the_key_of_wp_config_is_used_and_not_copied(): void {
		$plugin = $this->plugin_with( self::KEY );
		$plugin->keys->save_api_key( self::KEY );
		self::assertSame( self::KEY, $plugin->keys->api_key() );
		self::assertSame( '', $this->plugin_with( '' )->keys->api_key() );
	}

	private function change_salts(): void {
		add_filter(
			'salt',
			static function ( $salt ) {
				return strrev( (string) $salt ) . 'changed';
			}
		);
	}
}
