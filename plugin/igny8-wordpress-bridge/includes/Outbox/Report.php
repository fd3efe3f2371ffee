<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Tables;

/**
 * State of the outbox for `status`.
 */
final class Report {

	private Outbox $outbox;

	private State $state;

	private Tables $tables;

	public function __construct( Outbox $outbox, State $state, Tables $tables ) {
		$this->outbox = $outbox;
		$this->state  = $state;
		$this->tables = $tables;
	}

	/**
	 * @return array{pending: int, oldest_at: int|null, needs_digest: bool, last_error: array|null} Times in Unix seconds.
	 */
	public function describe(): array {
		if ( ! $this->tables->exist() ) {
			return [
				'pending'      => 0,
				'oldest_at'    => null,
				'needs_digest' => true,
				'last_error'   => [
					'code'   => 'tables_missing',
					'detail' => __( 'The tables of this plugin could not be created, so changes are not recorded.', 'igny8-wordpress-bridge' ),
					'at'     => time(),
				],
			];
		}

		$summary = $this->outbox->summary();
		return [
			'pending'      => $summary['pending'],
			'oldest_at'    => $summary['oldest_at'],
			'needs_digest' => $summary['needs_digest'],
			'last_error'   => $this->state->last_error(),
		];
	}
}
