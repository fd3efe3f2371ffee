<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Cron\Runner;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Polling\State;
use Igny8\Bridge\Outbox\Report;
use Igny8\Bridge\Publishing\Overdue_Publisher;
use Igny8\Bridge\Rest\Packed_Body;
use Igny8\Bridge\Support\Environment;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Settings;

/**
 * `status`: describes this site and its state. Changes nothing.
 */
final class Status_Command implements Command {

	private Connection $connection;

	private Settings $settings;

	private Schedule $schedule;

	private Environment $environment;

	/** @var callable(): string[] */
	private $command_names;

	private Report $outbox;

	private State $polling;

	private Overdue_Publisher $publisher;

	private User_Choice $acting_user;

	/**
	 * @param callable $command_names Returns the names of all commands.
	 */
	public function __construct( Connection $connection, Settings $settings, Schedule $schedule, Environment $environment, callable $command_names, Report $outbox, State $polling, Overdue_Publisher $publisher, User_Choice $acting_user ) {
		$this->connection    = $connection;
		$this->settings      = $settings;
		$this->schedule      = $schedule;
		$this->environment   = $environment;
		$this->command_names = $command_names;
		$this->outbox        = $outbox;
		$this->polling       = $polling;
		$this->publisher     = $publisher;
		$this->acting_user   = $acting_user;
	}

	public function name(): string {
		return 'status';
	}

	public function run( array $args, Context $context ): array {
		return $this->environment->describe() + $this->install() + [
			'time'                      => time(),
			'cron'                      => $this->cron(),
			'integration_id'            => '' === $this->connection->integration_id() ? null : $this->connection->integration_id(),
			'last_structure_sync_at'    => $this->time_or_null( $this->connection->last_structure_sync_at() ),
			'last_error'                => Failure::summary( $this->connection->last_error() ),
			'plugin_connection_enabled' => $this->settings->is_sync_enabled(),
			'two_way_sync_enabled'      => $this->settings->is_two_way_enabled(),
			'received_headers'          => $context->request()->header_names(),
			'commands'                  => ( $this->command_names )(),
			'encodings'                 => Packed_Body::encodings(),
			'outbox'                    => $this->outbox->describe(),
			'polling'                   => $this->polling->describe(),
			'schedule'                  => $this->publisher->describe(),
			'acting_user'               => $this->acting_user->current()->to_array(),
		];
	}

	/**
	 * Empty without a connection.
	 */
	private function install(): array {
		if ( '' === $this->connection->install_id() ) {
			return [];
		}
		return [
			'install' => [
				'id'            => $this->connection->install_id(),
				'connected_url' => $this->connection->connected_url(),
				'is_clone'      => $this->connection->is_clone(),
			],
		];
	}

	private function cron(): array {
		return [
			'disabled'          => defined( 'DISABLE_WP_CRON' ) && (bool) constant( 'DISABLE_WP_CRON' ),
			'last_run_at'       => $this->time_or_null( (int) get_option( Runner::LAST_RUN_OPTION, 0 ) ),
			'next_structure_at' => $this->time_or_null( $this->schedule->next( Schedule::DAILY ) ),
		];
	}

	private function time_or_null( int $time ): ?int {
		return 0 === $time ? null : $time;
	}
}
