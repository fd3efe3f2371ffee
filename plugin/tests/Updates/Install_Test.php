<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Updates;

use Igny8\Bridge\Tests\Fake_Api;
use Igny8\Bridge\Tests\Redirected;
use Igny8\Bridge\Updates\Update_Actions;
use Igny8\Bridge\Updates\Withdrawn_Notice;
use RuntimeException;
use WP_Error;

require_once __DIR__ . '/Updates_Test_Case.php';

/**
 * What WordPress may install over this plugin, and the owner's buttons. `test/e2e/plugin-updates.test.ts` really installs.
 */
final class Install_Test extends Updates_Test_Case {

	protected function setUp(): void {
		parent::setUp();
		// WordPress' own, which asks wordpress.org about itself.
		remove_all_actions( 'upgrader_process_complete' );
		$this->module->hook();
		$this->learn( [ self::release( self::NEXT ), self::release( '0.1.0' ) ] );
	}

	public function test_the_zip_is_downloaded_and_compared_with_its_checksum(): void {
		$this->serve_zip( self::NEXT, self::ZIP );
		$file = $this->download( Fake_Api::url() . '/plugin/9.9.0/igny8-wordpress-bridge.zip' );
		self::assertIsString( $file );
		self::assertStringEqualsFile( $file, self::ZIP );
		wp_delete_file( $file );
	}

	/**
	 * @dataProvider wrong_zips
	 */
	public function test_another_zip_is_an_error_and_leaves_nothing( string $body, int $status, string $code ): void {
		$before = $this->temporary_files();
		$this->serve_zip( self::NEXT, $body, $status );
		$error = $this->download( Fake_Api::url() . '/plugin/9.9.0/igny8-wordpress-bridge.zip' );
		self::assertInstanceOf( WP_Error::class, $error );
		self::assertSame( [ 'igny8_' . $code, $code ], [ $error->get_error_code(), $this->error_code() ] );
		self::assertNotSame( '', $error->get_error_message() );
		self::assertSame( $before, $this->temporary_files() );
	}

	public function wrong_zips(): array {
		return [
			'other bytes'      => [ strrev( self::ZIP ), 200, 'update_checksum_wrong' ],
			'more bytes'       => [ self::ZIP . 'and more', 200, 'update_checksum_wrong' ],
			'fewer bytes'      => [ substr( self::ZIP, 1 ), 200, 'update_checksum_wrong' ],
			'another status'   => [ self::ZIP, 404, 'unexpected_answer' ],
			'a redirect'       => [ self::ZIP, 302, 'unexpected_answer' ],
			'a server trouble' => [ self::ZIP, 503, 'api_unavailable' ],
		];
	}

	/**
	 * @dataProvider other_addresses
	 */
	public function test_nothing_but_a_signed_release_is_installed_over_the_plugin( string $address ): void {
		$error = $this->download( $address );
		self::assertSame( 'igny8_update_unknown', $error->get_error_code() );
		self::assertCount( 1, $this->api->requests, 'The manifest alone was asked for.' );
	}

	public function other_addresses(): array {
		return [
			'another host'    => [ 'https://evil.example/plugin/9.9.0/igny8-wordpress-bridge.zip' ],
			'another release' => [ Fake_Api::url() . '/plugin/9.8.0/igny8-wordpress-bridge.zip' ],
			'wordpress.org'   => [ 'https://downloads.wordpress.org/plugin/igny8-wordpress-bridge.zip' ],
			'the unsigned'    => [ Fake_Api::url() . '/plugin/igny8-wordpress-bridge.zip' ],
			'none'            => [ '' ],
		];
	}

	public function test_a_zip_that_is_not_known_any_more_is_refused(): void {
		$this->learn( [ self::release( self::LATEST ) ], [ 'serial' => 2000 ] );
		self::assertSame( 'igny8_update_unknown', $this->download( Fake_Api::url() . '/plugin/9.9.0/igny8-wordpress-bridge.zip' )->get_error_code() );
	}

	public function test_all_classes_are_loaded_before_the_files_are_replaced(): void {
		self::assertSame( '/tmp/upgrade/other', $this->hooks()->prepare( '/tmp/upgrade/other' ) );
		$source = '/tmp/upgrade/' . dirname( $this->basename );
		self::assertSame( $source, $this->hooks()->prepare( $source ) );
		self::assertTrue( class_exists( 'Igny8\Bridge\Cli\Cli_Command', false ) );
		self::assertTrue( class_exists( 'Igny8\Bridge\Content\Seo\Aioseo', false ) );
	}

	public function test_whoever_went_back_is_not_offered_that_version_again_but_a_newer_one(): void {
		$this->module->state->hold( self::NEXT );
		self::assertSame( IGNY8_BRIDGE_VERSION, $this->offered()['version'] );
		self::assertStringContainsString( 'Offer version 9.9.0 again', $this->panel() );
		$this->learn( [ self::release( self::LATEST ), self::release( self::NEXT ) ], [ 'serial' => 2000 ] );
		self::assertSame( self::LATEST, $this->offered()['version'] );
		$this->learn( [ self::release( self::NEXT ) ], [ 'serial' => 2001 ] );
		$this->press( Update_Actions::OFFER_AGAIN );
		self::assertSame( self::NEXT, $this->offered()['version'] );
	}

	public function test_there_is_nothing_to_go_back_to_without_an_earlier_release(): void {
		$this->learn( [ self::release( self::NEXT ) ], [ 'serial' => 2000 ] );
		self::assertStringNotContainsString( 'Go back', $this->panel() );
		$this->press( Update_Actions::GO_BACK );
		self::assertStringContainsString( 'There is no earlier version', $this->notices() );
		self::assertSame( '', $this->module->state->held() );
	}

	public function test_a_zip_that_is_wrong_leaves_the_plugin_as_it_was_on_the_way_back(): void {
		$this->serve_zip( '0.1.0', strrev( self::ZIP ) );
		$this->press( Update_Actions::GO_BACK );
		self::assertStringContainsString( 'is not the one that was signed', $this->notices() );
		self::assertSame( '', $this->module->state->held() );
		self::assertFileExists( IGNY8_BRIDGE_FILE );
	}

	/**
	 * @dataProvider actions
	 */
	public function test_the_buttons_need_the_capability_and_their_own_nonce( string $action ): void {
		foreach ( [ 0, wp_insert_user( [ 'user_login' => 'ed', 'user_pass' => 'x', 'role' => 'editor' ] ) ] as $user ) {
			wp_set_current_user( $user );
			self::assertSame( 'died 403', $this->press( $action, wp_create_nonce( $action ), false ) );
		}
		self::become_admin();
		self::assertSame( 'died 403', $this->press( $action, wp_create_nonce( 'another' ), false ) );
		$forbid = static fn( array $caps, string $cap ): array => 'update_plugins' === $cap ? [ 'do_not_allow' ] : $caps;
		add_filter( 'map_meta_cap', $forbid, 10, 2 );
		self::assertSame( 'died 403', $this->press( $action, wp_create_nonce( $action ), false ) );
		self::assertStringNotContainsString( 'button', $this->panel() );
	}

	public function actions(): array {
		return array_map( static fn( string $action ): array => [ $action ], array_combine( Update_Actions::ALL, Update_Actions::ALL ) );
	}

	public function test_checking_says_what_there_is(): void {
		$this->press( Update_Actions::CHECK );
		self::assertStringContainsString( 'Version 9.9.0 is available', $this->notices() );
		$this->serve( [ 'nothing' => 1 ] );
		update_site_option( 'igny8_updates', array_merge( get_site_option( 'igny8_updates' ), [ 'checked_at' => 0 ] ) );
		$this->press( Update_Actions::CHECK );
		self::assertStringContainsString( 'Updates could not be checked', $this->notices() );
		self::assertStringContainsString( 'data-igny8-update-error="update_manifest_invalid"', $this->panel() );
	}

	public function test_the_section_says_why_a_site_is_offered_nothing(): void {
		self::assertStringContainsString( 'data-igny8-update="9.9.0"', $this->panel() );
		$this->module = $this->module_of( Fake_Api::url(), null, false );
		self::assertStringContainsString( 'it carries no key', $this->panel() );
		$this->module = $this->module_of( 'https://elsewhere.example', Fake_Api::url() );
		self::assertStringContainsString( 'It takes updates from neither', $this->panel() );
		$this->plugin->connection->clear();
		$this->module = $this->module_of( Fake_Api::url() );
		self::assertStringContainsString( 'once this site is connected', $this->panel() );
	}

	public function test_a_withdrawn_version_is_said_on_every_page_to_those_who_may_change_it(): void {
		$this->learn( [ self::release( '0.1.0' ) ], [ 'serial' => 2000, 'withdrawn' => [ IGNY8_BRIDGE_VERSION => 'Loses <commas>.' ] ] );
		self::become_admin();
		$notice = $this->output( [ new Withdrawn_Notice( $this->module->checker ), 'render' ] );
		self::assertStringContainsString( 'Loses &lt;commas&gt;.', $notice );
		self::assertStringContainsString( 'Go back to version 0.1.0', $notice );
		wp_set_current_user( 0 );
		self::assertSame( '', $this->output( [ new Withdrawn_Notice( $this->module->checker ), 'render' ] ) );
	}

	private function panel(): string {
		if ( 0 === get_current_user_id() ) {
			self::become_admin();
		}
		return $this->output( [ $this->module->panel(), 'render' ] );
	}

	private function output( callable $render ): string {
		ob_start();
		$render();
		return (string) ob_get_clean();
	}

	private function notices(): string {
		return wp_strip_all_tags( $this->output( [ new \Igny8\Bridge\Admin\Notices(), 'render' ] ) );
	}

	/**
	 * @return string Address of the redirect, or how it died.
	 */
	private function press( string $action, ?string $nonce = null, bool $as_admin = true ): string {
		if ( $as_admin ) {
			self::become_admin();
		}
		add_filter(
			'wp_redirect',
			static function ( $location ) {
				throw new Redirected( (string) $location );
			}
		);
		add_filter(
			'wp_die_handler',
			static fn() => static function ( $message, $title, $args ): void {
				throw new RuntimeException( 'died ' . ( $args['response'] ?? 500 ) );
			}
		);
		$_REQUEST['_wpnonce'] = $nonce ?? wp_create_nonce( $action );
		remove_all_actions( "admin_post_$action" );
		$this->module->actions()->hook();
		try {
			do_action( "admin_post_$action" );
		} catch ( RuntimeException $end ) {
			return $end->getMessage();
		}
		return '';
	}

	/**
	 * @return string[]
	 */
	private function temporary_files(): array {
		return (array) glob( get_temp_dir() . 'igny8-wordpress-bridge*' );
	}
}
