<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Outbox\Report as Outbox_Report;

/**
 * Whether changes can be noted, and whether those that were noted have been sent.
 */
final class Tables_Check implements Check {

	/** A change that waits for longer was not only put off by a busy minute. */
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
					__( 'Changes cannot be noted, and nothing that IGNY8 sends can be written.', 'igny8-wordpress-bridge' ),
					__( 'Give the database user of WordPress the right to create tables, then deactivate and activate the plugin.', 'igny8-wordpress-bridge' ),
					$missing
				),
			];
		}
		$there = Finding::ok( 'database', 'tables_there', __( 'The tables of this plugin are there', 'igny8-wordpress-bridge' ), __( 'Changes can be noted.', 'igny8-wordpress-bridge' ), [ Tables::outbox(), Tables::commands() ] );
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
			return Finding::ok( 'outbox', 'changes_sent', __( 'No change waits for long', 'igny8-wordpress-bridge' ), __( 'What was changed here has been told to IGNY8, or is on its way.', 'igny8-wordpress-bridge' ), $evidence );
		}
		return new Finding(
			Finding::WARNING,
			'outbox',
			'outbox_lagging',
			__( 'Changes wait to be sent', 'igny8-wordpress-bridge' ),
			/* translators: %s: time span, for example "5 minutes". */
			sprintf( __( 'The oldest waits for %s; nothing is lost meanwhile.', 'igny8-wordpress-bridge' ), human_time_diff( time() - $lag_s ) ),
			__( 'Mend what is at fault between this site and IGNY8, or its scheduled tasks.', 'igny8-wordpress-bridge' ),
			$evidence
		);
	}
}
