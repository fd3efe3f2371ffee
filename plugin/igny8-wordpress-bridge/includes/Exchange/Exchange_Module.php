<?php

declare(strict_types=1);

namespace Igny8\Bridge\Exchange;

use Igny8\Bridge\Api\Problem_Reader;
use Igny8\Bridge\Commands\Executor;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Cron\Overdue;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Security\Message_Headers;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Log;

/**
 * Builds the exchange and hooks it. Its properties are read only.
 */
final class Exchange_Module {

	public Exchanger $exchanger;

	public Tick $tick;

	private Triggers $triggers;

	public function __construct( State $state, Executor $executor, Connection $connection, Status $status, Key_Store $keys, Config $config, Schedule $schedule, Log $log ) {
		$headers         = new Message_Headers( $config, $keys, new Signer() );
		$transport       = new Transport( $config, $keys, $headers, new Problem_Reader() );
		$this->exchanger = new Exchanger( $state, $transport, $executor, $connection, $status, $schedule, $log );
		$this->tick      = new Tick( $connection, $this->exchanger, new Overdue( $schedule ) );
		$this->triggers  = new Triggers( $this->exchanger, $state, $schedule, $this->tick );
	}

	public function hook(): void {
		$this->tick->hook();
		$this->triggers->hook();
	}
}
