<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Security\Signer;

/**
 * Table of changes that IGNY8 has not accepted yet: one row per post and kind, however often the post was edited.
 */
final class Outbox {

	public const STATUS = 'status';

	public const METADATA = 'metadata';

	public const DELETED = 'deleted';

	/** Replaces the rows when there are too many: IGNY8 compares everything instead. */
	public const DIGEST = 'digest';

	public const CAPACITY = 20000;

	private const ROWS_AT_ONCE = 500;

	private int $capacity;

	/** Rows written since the last count. */
	private int $uncounted = 0;

	public function __construct( int $capacity = self::CAPACITY ) {
		$this->capacity = $capacity;
	}

	/**
	 * An existing row gets a new message id, so that the acceptance of the old message does not delete it. It keeps its
	 * person if nobody in particular made the newer change.
	 *
	 * @param array<int, array{post_id: int, kind: string, post_type: string, status: string, user_id?: int}> $rows
	 */
	public function put( array $rows ): void {
		global $wpdb;

		$table = Tables::outbox();
		$now   = time();
		foreach ( array_chunk( $rows, self::ROWS_AT_ONCE ) as $chunk ) {
			$places = implode( ',', array_fill( 0, count( $chunk ), '(%d,%s,%s,%s,%d,%s,%d,%d,0)' ) );
			$values = [];
			foreach ( $chunk as $row ) {
				array_push( $values, $row['post_id'], $row['kind'], $row['post_type'], $row['status'], $row['user_id'] ?? 0, Signer::new_message_id(), $now, $now );
			}
			$wpdb->query(
				$wpdb->prepare(
					"INSERT INTO $table (post_id, kind, post_type, status, user_id, message_id, created_at, due_at, attempts) VALUES $places
					ON DUPLICATE KEY UPDATE post_type = VALUES(post_type), status = VALUES(status), user_id = IF(VALUES(user_id) > 0, VALUES(user_id), user_id), message_id = VALUES(message_id), due_at = VALUES(due_at), attempts = VALUES(attempts)",
					$values
				)
			);
			$this->uncounted += count( $chunk );
			$this->bound();
		}
	}

	public function request_digest(): void {
		$this->put(
			[
				[
					'post_id'   => 0,
					'kind'      => self::DIGEST,
					'post_type' => '',
					'status'    => '',
				],
			]
		);
	}

	/**
	 * @param string[] $kinds Kinds that another row of the post covers.
	 */
	public function drop( int $post_id, array $kinds ): void {
		global $wpdb;

		$table  = Tables::outbox();
		$places = implode( ',', array_fill( 0, count( $kinds ), '%s' ) );
		$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE post_id = %d AND kind IN ($places)", $post_id, ...$kinds ) );
	}

	/**
	 * @return object[] The longest due first.
	 */
	public function due( int $now, int $limit ): array {
		global $wpdb;

		$table = Tables::outbox();
		return $wpdb->get_results( $wpdb->prepare( "SELECT * FROM $table WHERE due_at <= %d ORDER BY due_at, id LIMIT %d", $now, $limit ) );
	}

	/**
	 * Deletes a row, unless it got a new message id since it was read.
	 */
	public function accepted( object $row ): void {
		global $wpdb;
		$wpdb->delete(
			Tables::outbox(),
			[
				'id'         => (int) $row->id,
				'message_id' => $row->message_id,
			]
		);
	}

	/**
	 * @param int $due_at Unix seconds.
	 */
	public function defer( object $row, int $due_at ): void {
		global $wpdb;
		$wpdb->update(
			Tables::outbox(),
			[
				'due_at'   => $due_at,
				'attempts' => (int) $row->attempts + 1,
			],
			[
				'id'         => (int) $row->id,
				'message_id' => $row->message_id,
			]
		);
	}

	public function clear(): void {
		global $wpdb;

		$table = Tables::outbox();
		$wpdb->query( "DELETE FROM $table" );
	}

	/**
	 * @return array{pending: int, oldest_at: int|null, next_at: int|null, needs_digest: bool} Times in Unix seconds.
	 */
	public function summary(): array {
		global $wpdb;

		$table = Tables::outbox();
		$row   = $wpdb->get_row( $wpdb->prepare( "SELECT COUNT(*) AS rows_all, MIN(created_at) AS oldest, MIN(due_at) AS next_due, SUM(CASE WHEN kind = %s THEN 1 ELSE 0 END) AS digests FROM $table", self::DIGEST ) );
		$all   = null === $row ? 0 : (int) $row->rows_all;
		return [
			'pending'      => 0 === $all ? 0 : $all - (int) $row->digests,
			'oldest_at'    => 0 === $all ? null : (int) $row->oldest,
			'next_at'      => 0 === $all ? null : (int) $row->next_due,
			'needs_digest' => 0 !== $all && (int) $row->digests > 0,
		];
	}

	/**
	 * Counts only once in a while: the table may exceed its capacity by a few hundred rows.
	 */
	private function bound(): void {
		global $wpdb;

		$table = Tables::outbox();
		if ( $this->uncounted < min( self::ROWS_AT_ONCE, $this->capacity ) ) {
			return;
		}
		$this->uncounted = 0;
		if ( (int) $wpdb->get_var( "SELECT COUNT(*) FROM $table" ) <= $this->capacity ) {
			return;
		}

		// Write the digest first, so that a crash in between loses nothing. It covers every change until it is sent.
		$this->request_digest();
		$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE kind <> %s", self::DIGEST ) );
	}
}
