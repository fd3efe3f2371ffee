<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Cron\Schedule;

/**
 * Notices that a person has confirmed the new connection: IGNY8 then calls with the secret that waits. The next try comes
 * at once instead of a minute later.
 */
final class Confirmation_Watcher {

	private Attempt $attempt;

	private Schedule $schedule;

	public function __construct( Attempt $attempt, Schedule $schedule ) {
		$this->attempt  = $attempt;
		$this->schedule = $schedule;
	}

	public function hook(): void {
		add_action( 'igny8_commands_answered', [ $this, 'commands_answered' ] );
	}

	/**
	 * @param mixed $signed_by Name of the secret that signed the request.
	 */
	public function commands_answered( $signed_by ): void {
		if ( 'pending' === $signed_by && $this->attempt->awaits_confirmation() ) {
			$this->schedule->connect_at( time() );
			spawn_cron();
		}
	}
}
