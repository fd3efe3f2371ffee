<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Outbox\Report as Outbox_Report;

/**
 * Checks that changes can be recorded and that recorded changes were sent.
 */
final class Tables_Check implements Check {

	/** Shorter delays are normal. */
	private const LAG_S = 30 * MINUTE_IN_SECONDS;

	private Tables $tables;

	private Outbox_Report $outbox;

	public function __construct( Tables $tables, Outbox_Report $outbox ) {
		$this->tables = $tables;
		$this->outbox = $outbox;
	}

	public function run(): array {
		$missing = $this->tables->missing();
		if ( [] !== $missing ) {
			return [
				new Finding(
					Finding::ERROR,
					'database',
					'tables_missing',
					__( 'Tables of this plugin are missing', 'igny8-wordpress-bridge' ),
					__( 'Changes cannot be recorded, and changes from IGNY8 cannot be written.', 'igny8-wordpress-bridge' ),
					__( 'Give the database user of WordPress the right to create tables, then deactivate and activate the plugin.', 'igny8-wordpress-bridge' ),
					$missing
				),
			];
		}
		$there = Finding::ok( 'database', 'tables_there', __( 'The tables of this plugin exist', 'igny8-wordpress-bridge' ), __( 'Changes can be recorded.', 'igny8-wordpress-bridge' ), [ Tables::outbox(), Tables::commands(), Tables::writes(), Tables::stale_saves() ] );
		return $this->tables->exist() ? [ $there, $this->outbox() ] : [ $there ];
	}

	private function outbox(): Finding {
		$outbox = $this->outbox->describe();
		$error  = $outbox['last_error'];
		$lag_s  = null === $outbox['oldest_at'] ? 0 : time() - $outbox['oldest_at'];
		/* translators: %d: number of changes. */
		$evidence = [ sprintf( __( 'Waiting: %d', 'igny8-wordpress-bridge' ), $outbox['pending'] ) ];
		if ( null !== $error ) {
			$evidence[] = $error['code'] . ': ' . $error['detail'];
		}
		if ( $lag_s <= self::LAG_S ) {
			return Finding::ok( 'outbox', 'changes_sent', __( 'No change has been waiting for long', 'igny8-wordpress-bridge' ), __( 'Every change was sent to IGNY8, or is being sent.', 'igny8-wordpress-bridge' ), $evidence );
		}
		return new Finding(
			Finding::WARNING,
			'outbox',
			'outbox_lagging',
			__( 'Changes are waiting to be sent', 'igny8-wordpress-bridge' ),
			/* translators: %s: time span, for example "5 minutes". */
			sprintf( __( 'The oldest change has been waiting for %s. Nothing is lost.', 'igny8-wordpress-bridge' ), human_time_diff( time() - $lag_s ) ),
			__( 'Fix the connection to IGNY8 or the scheduled tasks of this site, as the other findings say.', 'igny8-wordpress-bridge' ),
			$evidence
		);
	}
}
