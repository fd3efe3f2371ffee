<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Write\Write_Log;

/**
 * Table of stale saves, one row per post. A mark in the post's meta spares reading the table for all other posts.
 */
final class Stale_Saves {

	public const MARK = '_igny8_stale_save';

	/** In the mark: its conflict was resolved in IGNY8, so there is nothing to say any more. */
	private const OVER = 'over';

	public function get( int $post_id ): ?Stale_Save {
		return $this->of( [ $post_id ] )[ $post_id ] ?? null;
	}

	/**
	 * @param int[] $ids Post ids.
	 * @return array<int, Stale_Save> By post id.
	 */
	public function of( array $ids ): array {
		global $wpdb;

		$saves = [];
		$table = Tables::stale_saves();
		$list  = implode( ',', array_map( 'intval', $ids ) );
		foreach ( [] === $ids ? [] : $wpdb->get_results( "SELECT * FROM $table WHERE post_id IN ($list)" ) as $row ) {
			$saves[ (int) $row->post_id ] = $this->read( $row );
		}
		return $saves;
	}

	/**
	 * Stores it under a new id.
	 */
	public function put( Stale_Save $save ): void {
		global $wpdb;

		$save->id = bin2hex( random_bytes( 8 ) );
		$wpdb->replace(
			Tables::stale_saves(),
			[
				'post_id'  => $save->post_id,
				'save_id'  => $save->id,
				'write_id' => $save->write_id,
				'certain'  => $save->is_certain ? 1 : 0,
				'kept'     => $save->is_kept ? 1 : 0,
				'user_id'  => $save->user_id,
				'saved_at' => $save->saved_at,
				'base'     => Fields::encode( $save->base ),
				'ours'     => Fields::encode( $save->ours ),
			]
		);
		update_post_meta( $save->post_id, self::MARK, $save->id );
	}

	/**
	 * Ends what wp-admin says about it. IGNY8 is still told of it, and knows its id.
	 */
	public function end( int $post_id ): void {
		update_post_meta( $post_id, self::MARK, self::OVER );
	}

	/**
	 * The newest about which wp-admin has something to say.
	 *
	 * @return int[] Post ids.
	 */
	public function open( int $most ): array {
		global $wpdb;

		$table = Tables::stale_saves();
		$ids   = $wpdb->get_col( $wpdb->prepare( "SELECT s.post_id FROM $table s INNER JOIN {$wpdb->postmeta} m ON m.post_id = s.post_id AND m.meta_key = %s WHERE s.kept = 0 AND m.meta_value <> %s ORDER BY s.saved_at DESC LIMIT %d", self::MARK, self::OVER, $most ) );
		return array_map( 'intval', $ids );
	}

	public function is_over( int $post_id ): bool {
		return self::OVER === get_post_meta( $post_id, self::MARK, true );
	}

	public function drop( int $post_id ): void {
		global $wpdb;
		$wpdb->delete( Tables::stale_saves(), [ 'post_id' => $post_id ] );
		delete_post_meta( $post_id, self::MARK );
	}

	/**
	 * IGNY8 has long seen what is older than any open editor.
	 */
	public function clean(): void {
		global $wpdb;

		$table = Tables::stale_saves();
		$rows  = $wpdb->get_col(
			$wpdb->prepare(
				"SELECT post_id FROM $table WHERE saved_at <= %d",
				time() - Write_Log::KEPT_S
			)
		);
		foreach ( $rows as $post_id ) {
			$this->drop( (int) $post_id );
		}
	}

	private function read( object $row ): Stale_Save {
		$save             = new Stale_Save();
		$save->post_id    = (int) $row->post_id;
		$save->id         = $row->save_id;
		$save->write_id   = (int) $row->write_id;
		$save->is_certain = (bool) (int) $row->certain;
		$save->is_kept    = (bool) (int) $row->kept;
		$save->user_id    = (int) $row->user_id;
		$save->saved_at   = (int) $row->saved_at;
		$save->base       = Fields::decode( $row->base );
		$save->ours       = Fields::decode( $row->ours );
		return $save;
	}
}
