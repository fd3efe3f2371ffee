<?php

declare(strict_types=1);

namespace Igny8\Bridge\Health;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\State_Texts;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Outbox\Report;
use Igny8\Bridge\Polling\State;
use Igny8\Bridge\Support\Config;

/**
 * What Tools → Site Health → Info has of the plugin, for whoever helps. No secret, and nothing of one.
 */
final class Debug_Info {

	private Config $config;

	private Connection $connection;

	private Status $status;

	private State $polling;

	private Report $outbox;

	public function __construct( Config $config, Connection $connection, Status $status, State $polling, Report $outbox ) {
		$this->config     = $config;
		$this->connection = $connection;
		$this->status     = $status;
		$this->polling    = $polling;
		$this->outbox     = $outbox;
	}

	public function hook(): void {
		add_filter( 'debug_information', [ $this, 'add' ] );
	}

	/**
	 * @param mixed $info WordPress' list.
	 * @return mixed
	 */
	public function add( $info ) {
		if ( ! is_array( $info ) ) {
			return $info;
		}
		$outbox        = $this->outbox->describe();
		$error         = $this->status->error();
		$structure_at  = $this->connection->last_structure_sync_at();
		$info['igny8'] = [
			'label'  => __( 'IGNY8', 'igny8-wordpress-bridge' ),
			'fields' => [
				'version'     => self::field( __( 'Version', 'igny8-wordpress-bridge' ), IGNY8_BRIDGE_VERSION ),
				'state'       => self::field( __( 'Connection', 'igny8-wordpress-bridge' ), ( new State_Texts() )->label( $this->status->state() ), $this->status->state() ),
				'server'      => self::field( __( 'Server', 'igny8-wordpress-bridge' ), $this->config->api_url() ),
				'site'        => self::field( __( 'Site at IGNY8', 'igny8-wordpress-bridge' ), $this->connection->site_id() ),
				'integration' => self::field( __( 'Integration', 'igny8-wordpress-bridge' ), $this->connection->integration_id() ),
				'transport'   => self::field( __( 'Transport', 'igny8-wordpress-bridge' ), $this->polling->is_polling() ? 'polling' : 'direct' ),
				'structure'   => self::field( __( 'Content types last sent', 'igny8-wordpress-bridge' ), 0 === $structure_at ? '-' : gmdate( 'c', $structure_at ) ),
				'outbox'      => self::field( __( 'Changes waiting to be sent', 'igny8-wordpress-bridge' ), (string) $outbox['pending'] ),
				'error'       => self::field( __( 'Last failure', 'igny8-wordpress-bridge' ), null === $error ? '-' : (string) $error['code'] ),
			],
		];
		return $info;
	}

	private static function field( string $label, string $value, string $debug = '' ): array {
		return [
			'label' => $label,
			'value' => '' === $value ? '-' : $value,
			'debug' => '' === $debug ? $value : $debug,
		];
	}
}
