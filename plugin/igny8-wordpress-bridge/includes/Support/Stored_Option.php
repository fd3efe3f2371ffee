<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * An option that holds an array. Anything else in its place counts as empty.
 */
final class Stored_Option {

	private string $name;

	/** @var array<string, mixed> */
	private array $defaults;

	private bool $autoload;

	/**
	 * @param array<string, mixed> $defaults Values of missing keys.
	 * @param bool                 $autoload Whether WordPress loads the option with every request.
	 */
	public function __construct( string $name, array $defaults = [], bool $autoload = true ) {
		$this->name     = $name;
		$this->defaults = $defaults;
		$this->autoload = $autoload;
	}

	public function all(): array {
		$stored = get_option( $this->name, [] );
		return array_merge( $this->defaults, is_array( $stored ) ? $stored : [] );
	}

	/**
	 * Keeps every other value.
	 */
	public function save( array $changes ): void {
		$this->replace( array_merge( $this->all(), $changes ) );
	}

	public function replace( array $values ): void {
		update_option( $this->name, $values, $this->autoload );
	}

	public function clear(): void {
		delete_option( $this->name );
	}
}
