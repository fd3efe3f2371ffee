<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Utf8;
use Throwable;

/**
 * Executes a batch in order, within its time and size limits. A failed command does not stop the others.
 */
final class Executor {

	private const JSON_FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION;

	/** @var array<string, Command> */
	private array $commands = [];

	/** Commands that a clone still runs. They change nothing, and `status` reports that it is a clone. */
	private const FOR_A_CLONE = [ 'status', 'echo' ];

	private Log $log;

	private Connection $connection;

	/**
	 * @param Command[] $commands Every command.
	 */
	public function __construct( array $commands, Log $log, Connection $connection ) {
		$this->log        = $log;
		$this->connection = $connection;
		foreach ( $commands as $command ) {
			$this->commands[ $command->name() ] = $command;
		}
	}

	/**
	 * @return string[]
	 */
	public function names(): array {
		return array_keys( $this->commands );
	}

	/**
	 * @param array<int, array{id: string, name: string, args: array}> $batch In the order of execution.
	 * @return string JSON of the answer; exactly these bytes are signed and sent.
	 */
	public function execute( array $batch, Context $context ): string {
		return '{"protocol":1,"results":[' . implode( ',', $this->results( $batch, $context ) ) . ']}';
	}

	/**
	 * @param array<int, array{id: string, name: string, args: array}> $batch In the order of execution.
	 * @return string[] JSON of each result, in the same order.
	 */
	public function results( array $batch, Context $context ): array {
		return $this->log->with_origin(
			$context->origin(),
			function () use ( $batch, $context ): array {
				return Quiet_Request::run(
					function () use ( $batch, $context ): array {
						return $this->execute_all( $batch, $context );
					}
				);
			}
		);
	}

	/**
	 * @return string[]
	 */
	private function execute_all( array $batch, Context $context ): array {
		$results = [];
		foreach ( $batch as $request ) {
			$result = $context->is_used_up() ? $this->not_reached( $request['id'] ) : $this->execute_one( $request, $context );
			$context->use_bytes( strlen( $result ) );
			$results[] = $result;
		}
		return $results;
	}

	/**
	 * @return string JSON of one result.
	 */
	private function execute_one( array $request, Context $context ): string {
		$started = microtime( true );
		$context->begin_command( $request['id'] );
		try {
			$json = $this->encode( $request['id'], [ 'data' => (object) $this->run( $request, $context ) ], $started );
		} catch ( Command_Failure $failure ) {
			$json = $this->failed( $request['id'], $failure->reason(), $failure->detail(), $failure->is_retryable(), $started, $failure->facts() );
		} catch ( Throwable $error ) {
			$detail = str_replace( [ ABSPATH, WP_CONTENT_DIR ], '', get_class( $error ) . ': ' . $error->getMessage() );
			$this->log->error( 'command_failed', $request['name'] . ': ' . Utf8::repair( $detail ) );
			$json = $this->failed( $request['id'], 'command_failed', $detail, true, $started );
		}
		return $json;
	}

	private function run( array $request, Context $context ): array {
		$command = $this->commands[ $request['name'] ] ?? null;
		if ( null === $command ) {
			/* translators: %s: name of a command. */
			Command_Failure::raise( 'unknown_command', sprintf( __( 'This version of the plugin has no command “%s”.', 'igny8-wordpress-bridge' ), $request['name'] ) );
		}
		$this->authorize( $request['name'] );
		return $command->run( $request['args'], $context );
	}

	/**
	 * @throws Command_Failure `clone_detected`, for both transports.
	 */
	private function authorize( string $name ): void {
		if ( in_array( $name, self::FOR_A_CLONE, true ) ) {
			return;
		}
		try {
			$this->connection->assert_original();
		} catch ( Failure $failure ) {
			Command_Failure::raise( $failure->reason(), $failure->advice() );
		}
	}

	private function not_reached( string $id ): string {
		return $this->failed( $id, 'not_reached', __( 'The time or size limit of the batch was reached.', 'igny8-wordpress-bridge' ), true, microtime( true ) );
	}

	/**
	 * @param array<string, mixed> $facts Of a Command_Failure.
	 */
	private function failed( string $id, string $code, string $detail, bool $retryable, float $started, array $facts = [] ): string {
		$answer = [
			'code'      => $code,
			'detail'    => Utf8::repair( $detail ),
			'retryable' => $retryable,
		] + $facts;
		return $this->encode( $id, $answer, $started );
	}

	/**
	 * @throws Command_Failure If the data can't be encoded as JSON, for example because it isn't UTF-8.
	 */
	private function encode( string $id, array $answer, float $started ): string {
		$result = [
			'id' => $id,
			'ok' => isset( $answer['data'] ),
		];
		$took   = [ 'took_ms' => (int) round( 1000 * ( microtime( true ) - $started ) ) ];
		$json   = json_encode( $result + $answer + $took, self::JSON_FLAGS );
		if ( false === $json ) {
			Command_Failure::raise( 'unencodable', json_last_error_msg() );
		}
		return $json;
	}
}
