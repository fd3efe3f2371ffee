<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;

/**
 * Runs every local check, then asks IGNY8 to check this site from outside.
 */
final class Doctor {

	/** @var Check[] */
	private array $checks;

	private Api_Check $api_check;

	private Integration_Api $api;

	private Connection $connection;

	private Key_Store $keys;

	/**
	 * @param Check[] $checks All but the API check, which decides whether to ask IGNY8.
	 */
	public function __construct( array $checks, Api_Check $api_check, Integration_Api $api, Connection $connection, Key_Store $keys ) {
		$this->checks     = $checks;
		$this->api_check  = $api_check;
		$this->api        = $api;
		$this->connection = $connection;
		$this->keys       = $keys;
	}

	/**
	 * May take a minute. Never throws; failures become findings.
	 */
	public function examine(): Report {
		$api  = $this->api_check->run();
		$here = [ $api ];
		foreach ( $this->checks as $check ) {
			$here[] = $check->run();
		}
		return new Report( array_merge( ...$here ), $this->ask( $api ), time() );
	}

	/**
	 * @param Finding[] $api Findings of the API check.
	 */
	private function ask( array $api ): Outside_View {
		foreach ( $api as $finding ) {
			if ( Finding::ERROR === $finding->severity() && 'clock' !== $finding->layer() ) {
				return Outside_View::not_asked( __( 'IGNY8 did not check this site, because this site cannot reach IGNY8.', 'igny8-wordpress-bridge' ) );
			}
		}
		if ( $this->connection->is_clone() ) {
			return Outside_View::not_asked( __( 'IGNY8 did not check this site: it would check the address that was connected, not this one.', 'igny8-wordpress-bridge' ) );
		}

		$integration_id = $this->connection->integration_id();
		$key            = $this->keys->api_key();
		if ( '' === $integration_id || '' === $key ) {
			return Outside_View::not_asked( __( 'IGNY8 did not check this site, because it is not connected.', 'igny8-wordpress-bridge' ) );
		}
		try {
			return Outside_View::read( $this->api->examine( $integration_id, $key ) );
		} catch ( Failure $failure ) {
			return Outside_View::failed( $failure );
		}
	}
}
