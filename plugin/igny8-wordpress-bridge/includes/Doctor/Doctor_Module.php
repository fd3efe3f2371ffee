<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Admin\State_Texts;
use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Loopback\Loopback;
use Igny8\Bridge\Outbox\Outbox_Module;
use Igny8\Bridge\Publishing\Overdue_Publisher;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Config;

/**
 * Builds the doctor with all its checks.
 */
final class Doctor_Module {

	public static function build( Integration_Api $api, Connection $connection, Status $status, Key_Store $keys, Config $config, Schedule $schedule, Outbox_Module $outbox, Loopback $loopback, Overdue_Publisher $publisher, User_Choice $acting_user ): Doctor {
		$checks = [
			new Connection_Check( $status, $connection, new State_Texts() ),
			new Key_Check( $keys, $connection, $config ),
			new Acting_User_Check( $acting_user ),
			new Tables_Check( $outbox->tables, $outbox->report ),
			new Cron_Check( $schedule ),
			new Loopback_Check( $loopback ),
			new Schedule_Check( $publisher ),
			new Php_Check(),
			new Rest_Check(),
			new Cache_Check(),
		];
		return new Doctor( $checks, new Api_Check( $config, new Clock_Reader() ), $api, $connection, $keys );
	}
}
