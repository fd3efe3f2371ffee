<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

/**
 * Lock between processes of one site.
 *
 * Relies on the unique index of the options table: if two processes add the same option, only one succeeds.
 */
final class Lock {

	private string $option;

	private int $ttl_s;

	private bool $held = false;

	/**
	 * @param string $name  Lower_snake.
	 * @param int    $ttl_s Seconds after which the lock of a dead process is free again.
	 */
	public function __construct( string $name, int $ttl_s ) {
		$this->option = 'igny8_lock_' . $name;
		$this->ttl_s  = $ttl_s;
	}

	/**
	 * False while another process holds it.
	 */
	public function acquire(): bool {
		$since = get_option( $this->option );
		if ( false !== $since && (int) $since < time() - $this->ttl_s ) {
			delete_option( $this->option );
		}

		$this->held = (bool) add_option( $this->option, (string) time(), '', false );
		if ( $this->held ) {
			// Another plugin's hook may end the request at any point: then nobody holds the lock any more.
			register_shutdown_function( [ $this, 'release' ] );
		}
		return $this->held;
	}

	public function release(): void {
		if ( $this->held ) {
			delete_option( $this->option );
			$this->held = false;
		}
	}
}
