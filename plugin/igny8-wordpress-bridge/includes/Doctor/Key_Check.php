<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Config;

/**
 * Checks that the keys can be decrypted and the salts are set. Reports which exist, never their values.
 */
final class Key_Check implements Check {

	private const SALTS = [ 'AUTH_KEY', 'AUTH_SALT', 'SECURE_AUTH_KEY', 'SECURE_AUTH_SALT' ];

	private const PLACEHOLDER = 'put your unique phrase here';

	private Key_Store $keys;

	private Connection $connection;

	private Config $config;

	public function __construct( Key_Store $keys, Connection $connection, Config $config ) {
		$this->keys       = $keys;
		$this->connection = $connection;
		$this->config     = $config;
	}

	public function run(): array {
		$evidence = $this->evidence();
		if ( $this->keys->is_unreadable() || ( $this->connection->exists() && ( '' === $this->keys->api_key() || [] === $this->keys->signing_secrets() ) ) ) {
			return [
				new Finding(
					Finding::ERROR,
					'keys',
					'key_unreadable',
					__( 'The keys can no longer be decrypted', 'igny8-wordpress-bridge' ),
					__( 'The keys are encrypted with the salts in wp-config.php. Either the salts have changed, or IGNY8_API_KEY was removed from wp-config.php.', 'igny8-wordpress-bridge' ),
					__( 'Connect again with the API key, or restore the old salts.', 'igny8-wordpress-bridge' ),
					$evidence
				),
			];
		}

		$missing = $this->missing_salts();
		if ( [] !== $missing ) {
			return [
				new Finding(
					Finding::INFO,
					'keys',
					'salts_in_database',
					__( 'The salts are stored in the database', 'igny8-wordpress-bridge' ),
					/* translators: %s: names of constants. */
					sprintf( __( 'wp-config.php does not define %s, so anybody with a copy of the database can decrypt the keys.', 'igny8-wordpress-bridge' ), implode( ', ', $missing ) ),
					__( 'Add your own salts to wp-config.php, then connect again.', 'igny8-wordpress-bridge' ),
					$evidence
				),
			];
		}
		return [ Finding::ok( 'keys', 'keys_readable', __( 'Keys can be decrypted and salts are set', 'igny8-wordpress-bridge' ), __( 'Everything that is stored encrypted can be decrypted.', 'igny8-wordpress-bridge' ), $evidence ) ];
	}

	/**
	 * @return string[]
	 */
	private function missing_salts(): array {
		return array_values(
			array_filter(
				self::SALTS,
				static function ( string $name ): bool {
					return ! defined( $name ) || in_array( constant( $name ), [ '', self::PLACEHOLDER ], true );
				}
			)
		);
	}

	/**
	 * @return string[]
	 */
	private function evidence(): array {
		$missing = $this->missing_salts();
		$lines   = [ 'IGNY8_API_KEY: ' . ( $this->config->is_unattended() ? 'wp-config.php' : '-' ) ];
		foreach ( self::SALTS as $name ) {
			$lines[] = $name . ': ' . ( in_array( $name, $missing, true ) ? '-' : 'wp-config.php' );
		}
		return $lines;
	}
}
