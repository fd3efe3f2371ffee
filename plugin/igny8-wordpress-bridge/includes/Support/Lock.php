<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Lock between processes of one site.
 *
 * Relies on the unique index of the options table: if two processes insert the same option, only one succeeds. Uses SQL
 * of its own, because add_option() trusts the object cache and overwrites a row that the cache doesn't know.
 */
final class Lock {

	private string $option;

	private int $ttl_s;

	/** Value of the row while this process holds the lock; '' otherwise. */
	private string $held = '';

	/** Table in which the lock is held: another site of the network may be current when it is released. */
	private string $table = '';

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
		global $wpdb;

		$table = $wpdb->options;
		$now   = time();
		$value = $now . ':' . bin2hex( random_bytes( 8 ) );
		$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE option_name = %s AND option_value < %s", $this->option, (string) ( $now - $this->ttl_s ) ) );
		if ( 1 !== $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $table (option_name, option_value, autoload) VALUES (%s, %s, 'no')", $this->option, $value ) ) ) {
			return false;
		}

		$this->held  = $value;
		$this->table = $table;
		// Another plugin's hook may end the request at any point: then nobody holds the lock any more.
		register_shutdown_function( [ $this, 'release' ] );
		return true;
	}

	/**
	 * Whether any process holds it, this one included.
	 */
	public function is_held(): bool {
		global $wpdb;
		$since = $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", $this->option ) );
		return null !== $since && (int) $since >= time() - $this->ttl_s;
	}

	/**
	 * Leaves the lock alone if it has expired and another process holds it now.
	 */
	public function release(): void {
		global $wpdb;

		if ( '' !== $this->held ) {
			$wpdb->delete(
				$this->table,
				[
					'option_name'  => $this->option,
					'option_value' => $this->held,
				]
			);
			$this->held = '';
		}
	}
}
