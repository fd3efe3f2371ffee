<?php

declare(strict_types=1);

namespace Igny8\Bridge\Rest;

defined( 'ABSPATH' ) || exit;

/**
 * A validated batch of commands.
 */
final class Batch {

	public const PROTOCOL = 1;

	public const MOST_COMMANDS = 50;

	private const LONGEST_MS = 120000;

	private const LARGEST_BYTES = 50000000;

	private string $integration_id;

	private int $time_ms;

	private int $max_bytes;

	/** @var array<int, array{id: string, name: string, args: array}> */
	private array $commands;

	private function __construct( string $integration_id, int $time_ms, int $max_bytes, array $commands ) {
		$this->integration_id = $integration_id;
		$this->time_ms        = $time_ms;
		$this->max_bytes      = $max_bytes;
		$this->commands       = $commands;
	}

	/**
	 * Null if the body does not follow docs/protocol.md.
	 */
	public static function from_json( string $body ): ?self {
		$json = json_decode( $body, true, 64 );
		if ( isset( $json[ Packed_Body::ENCODING ] ) ) {
			$json = json_decode( (string) Packed_Body::unpack( $json[ Packed_Body::ENCODING ] ), true, 64 );
		}
		if ( ! is_array( $json ) || self::PROTOCOL !== ( $json['protocol'] ?? null ) ) {
			return null;
		}

		$time_ms   = $json['time_ms'] ?? null;
		$max_bytes = $json['max_bytes'] ?? null;
		$commands  = self::commands_from( $json['commands'] ?? null );
		$id        = $json['integration_id'] ?? '';
		if ( ! is_string( $id ) || ! self::is_positive( $time_ms ) || ! self::is_positive( $max_bytes ) || null === $commands ) {
			return null;
		}
		return new self( $id, min( $time_ms, self::LONGEST_MS ), min( $max_bytes, self::LARGEST_BYTES ), $commands );
	}

	/**
	 * '' if the sender doesn't know one yet.
	 */
	public function integration_id(): string {
		return $this->integration_id;
	}

	public function time_ms(): int {
		return $this->time_ms;
	}

	public function max_bytes(): int {
		return $this->max_bytes;
	}

	/**
	 * @return array<int, array{id: string, name: string, args: array}>
	 */
	public function commands(): array {
		return $this->commands;
	}

	/**
	 * @param mixed $value From JSON.
	 */
	private static function is_positive( $value ): bool {
		return is_int( $value ) && $value > 0;
	}

	/**
	 * @param mixed $list From JSON.
	 * @return array<int, array{id: string, name: string, args: array}>|null
	 */
	private static function commands_from( $list ): ?array {
		if ( ! is_array( $list ) || count( $list ) > self::MOST_COMMANDS || array_values( $list ) !== $list ) {
			return null;
		}

		$commands = [];
		foreach ( $list as $command ) {
			$id   = is_array( $command ) ? ( $command['id'] ?? null ) : null;
			$name = is_array( $command ) ? ( $command['name'] ?? null ) : null;
			$args = is_array( $command ) ? ( $command['args'] ?? [] ) : null;
			if ( ! is_string( $id ) || '' === $id || ! is_string( $name ) || '' === $name || ! is_array( $args ) ) {
				return null;
			}
			$commands[] = [
				'id'   => $id,
				'name' => $name,
				'args' => $args,
			];
		}
		return $commands;
	}
}
