<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Admin\Actions;
use Igny8\Bridge\Admin\Server_Form;
use Igny8\Bridge\Connection\Server_Choice;
use Igny8\Bridge\Plugin;
use Igny8\Bridge\Support\Api_Address;
use Igny8\Bridge\Support\Carried_Server;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use RuntimeException;

/**
 * Which server this site talks to: wp-config.php, the owner's choice, the server that the plugin is from, the default.
 */
final class Server_Choice_Test extends Site_Test_Case {

	private const OTHER = 'https://igny8.agency.example';

	/** The server that the plugin is from. */
	private string $usual;

	protected function setUp(): void {
		parent::setUp();
		$this->usual = Fake_Api::url();
	}

	public function test_the_constant_comes_before_the_choice_and_that_before_the_server_the_plugin_is_from(): void {
		$carried = new Carried_Server( 'https://carried.example/' );
		self::assertSame( [ 'https://api.igny8.com', 'default' ], self::shown( Api_Address::find( '', new Carried_Server() ) ) );
		self::assertSame( [ 'https://carried.example', 'carried' ], self::shown( Api_Address::find( '', $carried ) ) );
		update_option( Api_Address::OPTION, self::OTHER );
		self::assertSame( [ self::OTHER, 'chosen' ], self::shown( Api_Address::find( '', $carried ) ) );
		self::assertSame( [ 'https://constant.example', 'constant' ], self::shown( Api_Address::find( ' https://constant.example/ ', $carried ) ) );
		update_option( Api_Address::OPTION, 'ftp://broken' );
		self::assertSame( [ 'https://carried.example', 'carried' ], self::shown( Api_Address::find( '', $carried ) ) );
	}

	public function test_a_plugin_reads_the_server_that_its_zip_was_made_for(): void {
		$folder = get_temp_dir() . 'igny8-carried-' . wp_generate_uuid4();
		mkdir( $folder );
		self::assertSame( [ '', [] ], [ Carried_Server::in( $folder )->api_url(), Carried_Server::in( $folder )->update_keys() ] );
		file_put_contents( $folder . '/server.php', "<?php\nreturn [ 'api_url' => 'https://own.example', 'update_keys' => [ 'a', 1 ] ];\n" );
		$carried = Carried_Server::in( $folder );
		self::assertSame( [ 'https://own.example', [ 'a' ] ], [ $carried->api_url(), $carried->update_keys() ] );
		unlink( $folder . '/server.php' );
		rmdir( $folder );
	}

	/**
	 * @dataProvider addresses
	 */
	public function test_only_the_address_of_a_server_is_taken( string $address, bool $is_taken ): void {
		try {
			$this->choice()->choose( $address, false );
			self::assertTrue( $is_taken, $address );
			self::assertSame( untrailingslashit( trim( $address ) ), get_option( Api_Address::OPTION ) );
		} catch ( Failure $failure ) {
			self::assertFalse( $is_taken, $address );
			self::assertSame( 'address_invalid', $failure->reason() );
			self::assertFalse( get_option( Api_Address::OPTION ) );
		}
		self::assertSame( [], $this->api->requests );
	}

	public function addresses(): array {
		$all = [
			'https://igny8.agency.example'       => true,
			' https://igny8.agency.example/ '    => true,
			'https://igny8.agency.example:8443'  => true,
			'https://agency.example/igny8'       => true,
			'http://127.0.0.1:8787'              => true,
			'http://igny8.agency.example'        => false,
			'igny8.agency.example'               => false,
			'ftp://igny8.agency.example'         => false,
			'javascript:alert(1)'                => false,
			'https://user:pass@agency.example'   => false,
			'https://agency.example/?a=b'        => false,
			'https://agency.example/#a'          => false,
			'https://agency.example/"><script>'  => false,
			'https://agency example'             => false,
			'https://'                           => false,
			'https://' . str_repeat( 'a', 200 )  => false,
		];
		return array_map( static fn( string $address, bool $is_taken ): array => [ $address, $is_taken ], array_keys( $all ), $all );
	}

	public function test_another_server_ends_the_connection_knowingly_and_the_one_before_is_told(): void {
		$this->connect();
		$this->api->on( 'DELETE', Fake_Api::INTEGRATION . 'int_1/', Fake_Api::json( 204, [] ) );
		try {
			$this->choice()->choose( self::OTHER, false );
			self::fail( 'It was not confirmed.' );
		} catch ( Failure $failure ) {
			self::assertSame( 'not_confirmed', $failure->reason() );
		}
		self::assertTrue( $this->plugin->connection->exists() );
		self::assertSame( [], $this->api->requests );

		self::assertNull( $this->choice()->choose( self::OTHER, true ) );
		self::assertSame( [ 'DELETE ' . Fake_Api::INTEGRATION . 'int_1/' ], $this->api->calls() );
		self::assertFalse( $this->plugin->connection->exists() );
		self::assertSame( '', $this->plugin->keys->api_key() );
		self::assertSame( self::OTHER, get_option( Api_Address::OPTION ) );
		self::assertContains( 'server_chosen', self::log_codes( $this->plugin ) );
	}

	public function test_a_server_that_is_away_does_not_keep_the_owner(): void {
		$this->connect();
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		self::assertSame( 'unavailable', $this->choice()->choose( self::OTHER, true )->reason() );
		self::assertFalse( $this->plugin->connection->exists() );
		self::assertSame( self::OTHER, get_option( Api_Address::OPTION ) );
	}

	public function test_nothing_chosen_is_the_server_that_the_plugin_is_from(): void {
		update_option( Api_Address::OPTION, self::OTHER );
		$this->choice( [ self::OTHER, Api_Address::CHOSEN ] )->choose( '', false );
		self::assertFalse( get_option( Api_Address::OPTION ) );
		update_option( Api_Address::OPTION, self::OTHER );
		$this->choice( [ self::OTHER, Api_Address::CHOSEN ] )->choose( $this->usual . '/', false );
		self::assertFalse( get_option( Api_Address::OPTION ), 'The usual one is no choice: a later zip may carry another address.' );
	}

	public function test_the_same_address_changes_nothing(): void {
		$this->connect();
		$this->expectExceptionMessage( 'address_unchanged' );
		$this->choice()->choose( $this->usual, true );
	}

	public function test_an_address_in_wp_config_is_shown_and_cannot_be_changed_here(): void {
		$choice = $this->choice( [ $this->usual, Api_Address::CONSTANT ] );
		$page   = $this->form( [ $this->usual, Api_Address::CONSTANT ] );
		self::assertStringContainsString( 'data-igny8-server="constant"', $page );
		self::assertStringContainsString( 'IGNY8_API_URL', $page );
		self::assertStringNotContainsString( '<form', $page );
		$this->expectExceptionMessage( 'address_fixed' );
		$choice->choose( self::OTHER, true );
	}

	public function test_the_form_asks_for_a_confirmation_where_there_is_something_to_lose(): void {
		self::assertStringNotContainsString( 'igny8_server_confirmed', $this->form() );
		$this->connect();
		self::assertStringContainsString( 'igny8_server_confirmed', $this->form() );
	}

	public function test_the_button_works_with_capability_and_nonce_alone(): void {
		add_filter( 'wp_redirect', static function ( $location ) {
			throw new Redirected( (string) $location );
		} );
		add_filter( 'wp_die_handler', static fn() => static function (): void {
			throw new RuntimeException( 'died' );
		} );
		remove_all_actions( 'admin_post_' . Actions::SERVER );
		( new Plugin( $this->config( [ $this->usual, Api_Address::CARRIED ] ) ) )->actions()->hook();
		$_POST['igny8_server'] = self::OTHER;
		self::assertSame( 'died', self::press( wp_create_nonce( Actions::SERVER ) ) );
		self::become_admin();
		self::assertSame( 'died', self::press( wp_create_nonce( 'another' ) ) );
		self::assertFalse( get_option( Api_Address::OPTION ) );
		self::assertStringContainsString( 'page=igny8', self::press( wp_create_nonce( Actions::SERVER ) ) );
		self::assertSame( self::OTHER, get_option( Api_Address::OPTION ) );
	}

	public function test_a_copy_of_a_site_keeps_its_server_and_uninstalling_forgets_it(): void {
		update_option( Api_Address::OPTION, self::OTHER );
		( new \Igny8\Bridge\Support\Uninstaller() )->clean_site( [ Api_Address::OPTION ] );
		self::assertSame( self::OTHER, get_option( Api_Address::OPTION ) );
		( new \Igny8\Bridge\Support\Uninstaller() )->clean_site();
		self::assertFalse( get_option( Api_Address::OPTION ) );
	}

	private static function press( string $nonce ): string {
		$_REQUEST['_wpnonce'] = $nonce;
		try {
			do_action( 'admin_post_' . Actions::SERVER );
		} catch ( RuntimeException $end ) {
			return $end->getMessage();
		}
		return '';
	}

	private static function shown( Api_Address $address ): array {
		return [ $address->url(), $address->source() ];
	}

	/**
	 * @param string[]|null $address URL and source; by default that of the server that the plugin is from.
	 */
	private function config( ?array $address = null ): Config {
		list( $url, $source ) = $address ?? [ $this->usual, Api_Address::CARRIED ];
		return new Config( '', '', '', new Api_Address( $url, $source ), new Carried_Server( $this->usual ) );
	}

	private function choice( ?array $address = null ): Server_Choice {
		return new Server_Choice( $this->config( $address ), $this->plugin->connection, $this->plugin->attempt, $this->plugin->disconnector, $this->plugin->log );
	}

	private function form( ?array $address = null ): string {
		ob_start();
		( new Server_Form( $this->config( $address ), $this->choice( $address ) ) )->render();
		return (string) ob_get_clean();
	}
}
