<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Document;
use Igny8\Bridge\Content\Fields;
use Igny8\Bridge\Content\Tables;

/**
 * What IGNY8 changed in posts, with the values before: the version that an editor shows who opened the post earlier.
 *
 * Ids grow, so one number says which writes a page knows that WordPress has rendered: all up to it. A write gets its
 * final id once the post is written. A page rendered in between counts as older, which is the safe side.
 */
final class Write_Log {

	/** WordPress keeps a login for fourteen days at most, so no tab that is older can save. */
	public const KEPT_S = 15 * DAY_IN_SECONDS;

	/**
	 * Notes a write that is about to begin: if it is interrupted, it counts as done.
	 *
	 * @throws Command_Failure `write_failed`.
	 */
	public function begin( Document $before ): int {
		return $this->add( $before->id(), Fields::of( $before ) );
	}

	/**
	 * @param int $id From begin().
	 */
	public function finish( int $id, Document $before, Document $after ): void {
		$changed = Fields::changed( Fields::of( $before ), Fields::of( $after ) );
		if ( [] !== $changed ) {
			$this->add( $before->id(), $changed );
		}
		$this->abandon( $id );
	}

	/**
	 * @param int $id From begin().
	 */
	public function abandon( int $id ): void {
		global $wpdb;
		$wpdb->delete( Tables::writes(), [ 'id' => $id ] );
	}

	/**
	 * Id of the newest write to any post; 0 if there is none.
	 */
	public function newest(): int {
		global $wpdb;

		$table = Tables::writes();
		return (int) $wpdb->get_var( "SELECT MAX(id) FROM $table" );
	}

	/**
	 * @return array<int, array{at: int, fields: array<string, mixed>}> Id => when, and the values before; oldest first.
	 */
	public function since( int $post_id, int $seen ): array {
		global $wpdb;

		$table  = Tables::writes();
		$writes = [];
		$rows   = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT id, made_at, fields FROM $table WHERE post_id = %d AND id > %d AND made_at > %d ORDER BY id",
				$post_id, $seen, time() - self::KEPT_S
			)
		);
		foreach ( $rows as $row ) {
			$writes[ (int) $row->id ] = [
				'at'     => (int) $row->made_at,
				'fields' => Fields::decode( $row->fields ),
			];
		}
		return $writes;
	}

	/**
	 * The last writes to a post, newest first.
	 *
	 * @return array<int, array{at: int, fields: string[]}> When, and the names of the fields.
	 */
	public function recent( int $post_id, int $limit ): array {
		global $wpdb;

		$table = Tables::writes();
		$rows  = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT made_at, fields FROM $table WHERE post_id = %d ORDER BY id DESC LIMIT %d",
				$post_id, $limit
			)
		);
		return array_map(
			static function ( object $row ): array {
				return [
					'at'     => (int) $row->made_at,
					'fields' => array_map( 'strval', array_keys( Fields::decode( $row->fields ) ) ),
				];
			},
			$rows
		);
	}

	/**
	 * Keeps the newest row: without it, a database that restarts would give its id again.
	 */
	public function clean(): void {
		global $wpdb;

		$table = Tables::writes();
		$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE made_at <= %d AND id < %d", time() - self::KEPT_S, $this->newest() ) );
	}

	private function add( int $post_id, array $fields ): int {
		global $wpdb;

		$row = [
			'post_id' => $post_id,
			'made_at' => time(),
			'fields'  => Fields::encode( $fields ),
		];
		if ( 1 !== $wpdb->insert( Tables::writes(), $row ) ) {
			Command_Failure::raise( 'write_failed', __( 'The table of writes could not be written.', 'igny8-wordpress-bridge' ), true );
		}
		return (int) $wpdb->insert_id;
	}
}
