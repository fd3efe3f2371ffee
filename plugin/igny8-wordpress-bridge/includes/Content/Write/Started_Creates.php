<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Tables;

/**
 * Remembers which creates have begun and not ended, among the commands of the last week, and after which post: a
 * request that ended before WordPress wrote the meta of its new post leaves it among the later ones.
 */
final class Started_Creates {

	private const OUTCOME = 'create';

	/**
	 * @return int|null Id of the table's last post before an earlier create that did not end; null if this is the first.
	 */
	public function begin( string $item_id ): ?int {
		global $wpdb;

		$table   = Tables::commands();
		$hash    = $this->hash( $item_id );
		$last    = (int) $wpdb->get_var( "SELECT MAX(ID) FROM {$wpdb->posts}" );
		$changed = $wpdb->query(
			$wpdb->prepare(
				"INSERT IGNORE INTO $table (command, outcome, post_id, created, etag, started_at) VALUES (%s, %s, %d, 0, '', %d)",
				$hash, self::OUTCOME, $last, time()
			)
		);
		if ( 1 === $changed ) {
			return null;
		}
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT post_id FROM $table WHERE command = %s", $hash ) );
	}

	public function end( string $item_id ): void {
		global $wpdb;

		$wpdb->delete( Tables::commands(), [ 'command' => $this->hash( $item_id ) ] );
	}

	private function hash( string $item_id ): string {
		return hash( 'sha256', 'create ' . $item_id );
	}
}
