<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;

/**
 * Arguments of a command, validated when read. An invalid one throws `invalid_field`.
 */
final class Args {

	private array $args;

	public function __construct( array $args ) {
		$this->args = $args;
	}

	/**
	 * @throws Command_Failure Always.
	 */
	public static function refuse( string $name, string $why ): void {
		Command_Failure::raise( 'invalid_field', $name . ': ' . $why );
	}

	/**
	 * Not empty.
	 */
	public function text( string $name ): string {
		$value = $this->args[ $name ] ?? null;
		if ( ! is_string( $value ) || '' === $value ) {
			self::refuse( $name, __( 'A string is required.', 'igny8-wordpress-bridge' ) );
		}
		return $value;
	}

	public function text_or_null( string $name ): ?string {
		return isset( $this->args[ $name ] ) ? $this->text( $name ) : null;
	}

	/**
	 * @param string[] $choices The first is the default.
	 */
	public function choice( string $name, array $choices ): string {
		$value = $this->args[ $name ] ?? $choices[0];
		if ( ! in_array( $value, $choices, true ) ) {
			self::refuse( $name, implode( ', ', $choices ) );
		}
		return $value;
	}

	/**
	 * @param int $otherwise Default.
	 */
	public function number( string $name, int $least, int $most, int $otherwise ): int {
		$value = $this->args[ $name ] ?? $otherwise;
		if ( ! is_int( $value ) || $value < $least || $value > $most ) {
			/* translators: 1: least number, 2: greatest number. */
			self::refuse( $name, sprintf( __( 'An integer from %1$d to %2$d is required.', 'igny8-wordpress-bridge' ), $least, $most ) );
		}
		return $value;
	}

	/**
	 * @return int[]|null Modified (Unix seconds) and id; null to start.
	 */
	public function keyset( string $name ): ?array {
		$value = $this->args[ $name ] ?? null;
		if ( null === $value ) {
			return null;
		}
		if ( ! is_array( $value ) || 2 !== count( $this->only_ids( array_values( $value ), 0 ) ) ) {
			self::refuse( $name, '[modified, id]' );
		}
		return array_values( $value );
	}

	/**
	 * @return int[] Without repeats.
	 */
	public function ids( string $name, int $most ): array {
		$value = $this->args[ $name ] ?? null;
		if ( ! is_array( $value ) || count( $value ) > $most || count( $this->only_ids( $value, 1 ) ) !== count( $value ) ) {
			/* translators: %d: greatest number of ids. */
			self::refuse( $name, sprintf( __( 'A list of at most %d ids is required.', 'igny8-wordpress-bridge' ), $most ) );
		}
		return array_values( array_unique( $value ) );
	}

	/**
	 * @return string[] Without repeats.
	 */
	public function texts( string $name, int $most ): array {
		$value = $this->args[ $name ] ?? null;
		$texts = is_array( $value ) ? array_filter( $value, 'is_string' ) : [];
		if ( ! is_array( $value ) || count( $value ) > $most || count( array_diff( $texts, [ '' ] ) ) !== count( $value ) ) {
			/* translators: %d: greatest number of texts. */
			self::refuse( $name, sprintf( __( 'A list of at most %d strings is required.', 'igny8-wordpress-bridge' ), $most ) );
		}
		return array_values( array_unique( $texts ) );
	}

	public function map( string $name ): array {
		$value = $this->args[ $name ] ?? [];
		if ( ! is_array( $value ) ) {
			self::refuse( $name, __( 'An object is required.', 'igny8-wordpress-bridge' ) );
		}
		return $value;
	}

	private function only_ids( array $values, int $least ): array {
		return array_filter(
			$values,
			static function ( $value ) use ( $least ): bool {
				return is_int( $value ) && $value >= $least;
			}
		);
	}
}
