<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Updates;

use Igny8\Bridge\Autoloader;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Support\Carried_Server;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Tests\Fake_Api;
use Igny8\Bridge\Tests\Site_Test_Case;
use Igny8\Bridge\Updates\Offers;
use Igny8\Bridge\Updates\Server;
use Igny8\Bridge\Updates\Update_Hooks;
use Igny8\Bridge\Updates\Updates_Module;

/**
 * A plugin that carries the key of its server, and a server that signs with it.
 */
abstract class Updates_Test_Case extends Site_Test_Case {

	protected const NEXT = '9.9.0';

	protected const LATEST = '9.10.0';

	protected const ZIP = 'PK the bytes of a zip';

	protected string $pair;

	protected Updates_Module $module;

	protected string $basename;

	protected function setUp(): void {
		parent::setUp();
		$this->pair     = sodium_crypto_sign_keypair();
		$this->basename = plugin_basename( IGNY8_BRIDGE_FILE );
		$this->module   = $this->module_of( Fake_Api::url() );
		$this->connect();
	}

	/**
	 * @param string|null $api_url What the site talks to; by default the server that the plugin is from.
	 */
	protected function module_of( string $server, ?string $api_url = null, bool $has_key = true ): Updates_Module {
		$carried = new Carried_Server( $server, $has_key ? [ self::public_key( $this->pair ) ] : [] );
		$config  = new Config( $api_url ?? $server, '', '', null, $carried );
		return new Updates_Module( $config, new Connection(), $this->plugin->log, new Autoloader( 'Igny8\Bridge', dirname( IGNY8_BRIDGE_FILE ) . '/includes' ), $this->basename );
	}

	protected static function public_key( string $pair ): string {
		return base64_encode( sodium_crypto_sign_publickey( $pair ) );
	}

	/**
	 * @param array $changes Of the release.
	 */
	protected static function release( string $version, array $changes = [] ): array {
		return array_merge(
			[
				'version'      => $version,
				'requires'     => '6.1',
				'requires_php' => '7.4',
				'tested'       => '7.1',
				'package'      => "/plugin/$version/igny8-wordpress-bridge.zip",
				'sha256'       => hash( 'sha256', self::ZIP ),
				'bytes'        => strlen( self::ZIP ),
				'share'        => 100,
				'changelog'    => [ 'Mends <b>things</b>.' ],
			],
			$changes
		);
	}

	/**
	 * @param array[] $releases Newest first.
	 * @param array   $changes  Of the manifest.
	 */
	protected static function manifest( array $releases, array $changes = [] ): array {
		return array_merge(
			[
				'format'    => 1,
				'slug'      => 'igny8-wordpress-bridge',
				'server'    => Fake_Api::url(),
				'serial'    => 1000,
				'releases'  => $releases,
				'withdrawn' => (object) [],
			],
			$changes
		);
	}

	/**
	 * @param array|string $manifest Text is signed as it is.
	 */
	protected function signed( $manifest, ?string $pair = null, ?string $signed_text = null ): array {
		$pair = $pair ?? $this->pair;
		$text = is_string( $manifest ) ? $manifest : (string) wp_json_encode( $manifest );
		$key  = sodium_crypto_sign_publickey( $pair );
		return [
			'manifest'   => $text,
			'signatures' => [
				[
					'key'       => substr( hash( 'sha256', $key ), 0, 16 ),
					'signature' => base64_encode( sodium_crypto_sign_detached( "igny8-plugin-manifest\n" . ( $signed_text ?? $text ), sodium_crypto_sign_secretkey( $pair ) ) ),
				],
			],
		];
	}

	/**
	 * @param array $served As signed() makes it.
	 */
	protected function serve( array $served ): void {
		$this->api->on( 'GET', Server::MANIFEST_PATH, Fake_Api::json( 200, $served ) );
	}

	/**
	 * Serves a good manifest, and asks for it.
	 */
	protected function learn( array $releases, array $changes = [] ): ?Offers {
		$this->serve( $this->signed( self::manifest( $releases, $changes ) ) );
		return $this->ask();
	}

	/**
	 * Asks as if the last time was long ago.
	 */
	protected function ask( string $installed = IGNY8_BRIDGE_VERSION ): ?Offers {
		$stored = get_site_option( 'igny8_updates', [] );
		update_site_option( 'igny8_updates', array_merge( is_array( $stored ) ? $stored : [], [ 'checked_at' => 0 ] ) );
		return $this->module->checker->check( $installed );
	}

	/**
	 * What WordPress is told.
	 *
	 * @return mixed
	 */
	protected function offered( string $installed = IGNY8_BRIDGE_VERSION ) {
		return $this->module->hooks->offer( false, [ 'Version' => $installed ], $this->basename );
	}

	protected function error_code(): string {
		return $this->module->state->error()['code'] ?? '';
	}

	/**
	 * Answers the request for a zip as WordPress' HTTP API does: into the file.
	 *
	 * @param string $body What the server sends.
	 */
	protected function serve_zip( string $version, string $body, int $status = 200 ): void {
		$this->api->on(
			'GET',
			"/plugin/$version/igny8-wordpress-bridge.zip",
			static function ( array $json, array $request ) use ( $body, $status ): array {
				unset( $json );
				self::assertTrue( $request['args']['stream'] );
				self::assertSame( 0, $request['args']['redirection'] );
				file_put_contents( $request['args']['filename'], substr( $body, 0, $request['args']['limit_response_size'] ) );
				return Fake_Api::json( $status, [] );
			}
		);
	}

	/**
	 * @return mixed What WordPress gets in the place of a zip.
	 */
	protected function download( string $address, string $plugin = '' ) {
		return $this->module->hooks->download( false, $address, null, [ 'plugin' => '' === $plugin ? $this->basename : $plugin ] );
	}

	protected function hooks(): Update_Hooks {
		return $this->module->hooks;
	}
}
