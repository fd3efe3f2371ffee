<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\State_Texts;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Home;
use Igny8\Bridge\Connection\Status;

/**
 * Checks that this site is connected, that the connection is its own, and its state.
 */
final class Connection_Check implements Check {

	private const SEVERITIES = [
		Status::NOT_CONNECTED  => Finding::INFO,
		Status::AUTHENTICATING => Finding::INFO,
		Status::DISABLED       => Finding::INFO,
		Status::WAITING        => Finding::WARNING,
		Status::AWAITING_CONFIRMATION => Finding::WARNING,
		Status::DEGRADED       => Finding::WARNING,
		Status::KEY_REVOKED    => Finding::ERROR,
	];

	/** States that have a finding of their own. */
	private const TOLD_ELSEWHERE = [ Status::CLONE_DETECTED, Status::KEY_UNREADABLE ];

	private Status $status;

	private Connection $connection;

	private State_Texts $texts;

	public function __construct( Status $status, Connection $connection, State_Texts $texts ) {
		$this->status     = $status;
		$this->connection = $connection;
		$this->texts      = $texts;
	}

	public function run(): array {
		$state = $this->status->state();
		return array_merge( $this->address(), in_array( $state, self::TOLD_ELSEWHERE, true ) ? [] : [ $this->state( $state ) ] );
	}

	/**
	 * @return Finding[] None without a connection.
	 */
	private function address(): array {
		$connected_url = $this->connection->connected_url();
		if ( '' === $connected_url ) {
			return [];
		}

		$evidence = [
			/* translators: %s: URL. */
			sprintf( __( 'Connected as: %s', 'igny8-wordpress-bridge' ), $connected_url ),
			/* translators: %s: URL. */
			sprintf( __( 'Address now: %s', 'igny8-wordpress-bridge' ), Home::url() ),
		];
		if ( ! $this->connection->is_clone() ) {
			return [ Finding::ok( 'clone', 'address_right', __( 'The address of this site is known to IGNY8', 'igny8-wordpress-bridge' ), __( 'The site has the address it was connected with, or a known alias.', 'igny8-wordpress-bridge' ), $evidence ) ];
		}
		return [
			new Finding(
				Finding::ERROR,
				'clone',
				'clone_detected',
				__( 'The address of this site is not the one it was connected with', 'igny8-wordpress-bridge' ),
				$this->texts->explanation( Status::CLONE_DETECTED ),
				__( 'Choose in wp-admin, or with wp igny8 clone: the site has moved, it is a copy, or it has both addresses.', 'igny8-wordpress-bridge' ),
				$evidence
			),
		];
	}

	private function state( string $state ): Finding {
		$error    = $this->status->error();
		$evidence = [];
		if ( null !== $error ) {
			$evidence[] = $error['code'] . ': ' . $error['detail'];
			if ( '' !== $error['request_id'] ) {
				/* translators: %s: id that IGNY8 gave the request. */
				$evidence[] = sprintf( __( 'Reference: %s', 'igny8-wordpress-bridge' ), $error['request_id'] );
			}
		}

		$severity = self::SEVERITIES[ $state ] ?? Finding::OK;
		if ( Status::NOT_CONNECTED === $state && null !== $error ) {
			$severity = Finding::ERROR;
		}
		$fix = null !== $error && ! $error['retryable'] ? $error['fix'] : '';
		return new Finding( $severity, 'connection', $state, $this->texts->label( $state ), $this->texts->explanation( $state ), Finding::OK === $severity ? '' : $fix, $evidence );
	}
}
