<?php

declare(strict_types=1);

namespace Igny8\Bridge\Polling;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Problem_Reader;
use Igny8\Bridge\Api\Signed_Post;
use Igny8\Bridge\Commands\Executor;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Cron\Overdue;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Loopback\Loopback;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Security\Message_Headers;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Log;

/**
 * Builds and hooks polling. Its properties are read only.
 */
final class Polling_Module {

	public Poller $poller;

	public Public_Poll_Url $public_poll_url;

	private Triggers $triggers;

	public function __construct( State $state, Executor $executor, Connection $connection, Status $status, Key_Store $keys, Config $config, Schedule $schedule, Log $log, Loopback $loopback ) {
		$headers               = new Message_Headers( $config, $keys, new Signer() );
		$request               = new Poll_Request( new Signed_Post( $config, $headers, new Problem_Reader() ), $keys, $state );
		$this->poller          = new Poller( $state, $request, $executor, $connection, $status, $schedule, $log );
		$this->public_poll_url = new Public_Poll_Url( $connection, $this->poller, new Overdue( $schedule ) );
		$this->triggers        = new Triggers( $this->poller, $state, $schedule, $loopback );
	}

	public function hook(): void {
		$this->public_poll_url->hook();
		$this->triggers->hook();
	}
}
