<?php

declare(strict_types=1);

namespace Igny8\Bridge\Polling;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Commands\Executor;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Rest\Batch;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Lock;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Origin;

/**
 * Polls IGNY8: fetches commands, runs them and sends the results with the next poll, until there are no more commands
 * or the time is used up. IGNY8 sends a command again if its result got lost.
 */
final class Poller {

	private const TIMEOUT_S = 15;

	/** Time reserved for the last poll, which sends the results. */
	private const LAST_CALL_MS = 3000;

	private const PAUSE_MICROSECONDS = 500000;

	private const MOST_BYTES = 1000000;

	/** Results of one poll; IGNY8 accepts 1.9 MB. A larger result is sent alone. */
	private const CALL_BYTES = 1200000;

	private const LARGEST_RESULT_BYTES = 1800000;

	private State $state;

	private Poll_Request $request;

	private Executor $executor;

	private Connection $connection;

	private Status $status;

	private Schedule $schedule;

	private Log $log;

	public function __construct( State $state, Poll_Request $request, Executor $executor, Connection $connection, Status $status, Schedule $schedule, Log $log ) {
		$this->state      = $state;
		$this->request    = $request;
		$this->executor   = $executor;
		$this->connection = $connection;
		$this->status     = $status;
		$this->schedule   = $schedule;
		$this->log        = $log;
	}

	/**
	 * Whether the next poll is due.
	 */
	public function is_due(): bool {
		return $this->status->is_usable() && $this->state->next_at() <= time();
	}

	/**
	 * @param string $trigger Lower_snake: what started the poll.
	 * @param int    $most_ms Milliseconds after which no further command is started.
	 * @return bool Whether IGNY8 answered.
	 */
	public function run( string $trigger, int $most_ms ): bool {
		if ( ! $this->status->is_usable() || $this->state->paused_until() > time() ) {
			return false;
		}
		// A dead holder blocks the lock only briefly: PHP's time limit ends commands too.
		$lock = new Lock( 'poll', intdiv( $most_ms, 1000 ) + 2 * self::TIMEOUT_S );
		if ( ! $lock->acquire() ) {
			return false;
		}

		try {
			$this->poll( $trigger, microtime( true ) + $most_ms / 1000 );
			return true;
		} catch ( Failure $failure ) {
			if ( null === $this->state->last_error() ) {
				// Log only the first of a series: an outage of a day would fill the log.
				$this->log->failure( $failure, __( 'IGNY8 could not be polled and will be polled again', 'igny8-wordpress-bridge' ) );
			}
			$this->state->failed( $failure );
			return false;
		} finally {
			$lock->release();
			$this->schedule->poll_at( max( time() + 1, $this->state->next_at() ) );
		}
	}

	/**
	 * @throws Failure If IGNY8 doesn't answer. It sends the commands again whose results got lost.
	 */
	private function poll( string $trigger, float $deadline ): void {
		$results = [];
		do {
			$sent    = $this->next_results( $results );
			$results = array_slice( $results, count( $sent ) );
			$ms_left = (int) ( 1000 * ( $deadline - microtime( true ) ) );
			$is_last = $ms_left < self::LAST_CALL_MS;
			$answer  = $this->call( $trigger, $sent, [] === $results && ! $is_last ? Batch::MOST_COMMANDS : 0 );
			if ( [] !== $results ) {
				continue;
			}
			if ( $is_last || ( [] === $answer['batch']->commands() && ! $answer['more'] ) ) {
				return;
			}
			if ( [] === $answer['batch']->commands() ) {
				// IGNY8 is still preparing commands. Without a pause, polling would only slow it down.
				usleep( self::PAUSE_MICROSECONDS );
				continue;
			}
			$results = $this->execute( $answer, $ms_left );
		} while ( true );
	}

	/**
	 * @param string[] $results JSON of each.
	 * @return array{batch: Batch, more: bool, origin: Origin}
	 */
	private function call( string $trigger, array $results, int $wanted ): array {
		$integration_id = $this->connection->integration_id();
		$head           = [
			'protocol' => Batch::PROTOCOL,
			'trigger'  => $trigger,
			'clock'    => time(),
			'transport'  => $this->state->transport(),
			'wants'    => [
				'commands' => $wanted,
				'bytes'    => self::MOST_BYTES,
			],
		];

		$body   = substr( (string) wp_json_encode( $head ), 0, -1 ) . ',"results":[' . implode( ',', $results ) . ']}';
		$text   = $this->request->send( $integration_id, $body, self::TIMEOUT_S );
		$batch  = Batch::from_json( $text );
		$answer = json_decode( $text, true, 64 );
		if ( null === $batch || $batch->integration_id() !== $integration_id ) {
			Failure::raise(
				'unexpected_answer',
				__( 'This version of the plugin does not understand the answer from IGNY8.', 'igny8-wordpress-bridge' ),
				__( 'Update the plugin.', 'igny8-wordpress-bridge' ),
				[ 'retryable' => true ]
			);
		}
		$this->state->succeeded( $trigger, (string) ( $answer['transport'] ?? '' ), (int) ( $answer['interval_s'] ?? 0 ) );
		return [
			'batch'  => $batch,
			'more'   => ! empty( $answer['more'] ),
			'origin' => new Origin( $answer['request_id'] ?? '', $answer['run_id'] ?? '' ),
		];
	}

	/**
	 * @param array{batch: Batch, more: bool, origin: Origin} $answer
	 * @return string[] JSON of each result.
	 */
	private function execute( array $answer, int $ms_left ): array {
		$batch   = $answer['batch'];
		$context = new Context( max( 1, min( $batch->time_ms(), $ms_left - self::LAST_CALL_MS ) ), $batch->max_bytes(), null, $answer['origin'] );
		$results = $this->executor->results( $batch->commands(), $context );
		do_action( 'igny8_commands_executed' );
		foreach ( $batch->commands() as $index => $command ) {
			if ( strlen( $results[ $index ] ) > self::LARGEST_RESULT_BYTES ) {
				$results[ $index ] = (string) wp_json_encode(
					[
						'id'        => $command['id'],
						'ok'        => false,
						'code'      => 'result_too_large',
						'detail'    => 'The result is larger than a message to IGNY8 may be.',
						'retryable' => false,
						'took_ms'   => 0,
					]
				);
			}
		}
		return $results;
	}

	/**
	 * @param string[] $results JSON of each.
	 * @return string[] As many as fit into one poll, at least one if there are any.
	 */
	private function next_results( array $results ): array {
		$bytes = 0;
		foreach ( $results as $index => $result ) {
			$bytes += strlen( $result );
			if ( $index > 0 && $bytes > self::CALL_BYTES ) {
				return array_slice( $results, 0, $index );
			}
		}
		return $results;
	}
}
