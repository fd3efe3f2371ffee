<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;

/**
 * The link between a post and the item that it was created for, in meta of the post.
 *
 * Plugins that duplicate posts copy meta, importers bring it from other sites, and backups restore posts under new ids.
 * So a link names the item, the post and the site: "item_… 12 site_…". One that names another post or site is a copy's
 * and doesn't count, nor does the mark of an unfinished create beside it.
 *
 * WordPress writes meta some time after the row. Until then the row's guid names item and site, so that a request that
 * ends in between leaves no post that nobody knows.
 */
final class Item_Links {

	private const GUID = 'urn:igny8:';

	/** Keys of which of() needs the values. */
	public const KEYS = [ Meta_Keys::ITEM, Meta_Keys::LINK, Meta_Keys::UNFINISHED ];

	private Connection $connection;

	public function __construct( Connection $connection ) {
		$this->connection = $connection;
	}

	/**
	 * @param array<string, string[]> $meta Raw values of KEYS.
	 * @return array{item_id: string|null, is_unfinished: bool} As far as meta tells.
	 */
	public function of( int $post_id, array $meta ): array {
		foreach ( $meta[ Meta_Keys::LINK ] ?? [] as $link ) {
			$item_id = rawurldecode( explode( ' ', $link )[0] );
			if ( '' !== $item_id && $this->link( $item_id, $post_id ) === $link ) {
				return [
					'item_id'       => $item_id,
					'is_unfinished' => in_array( $link, $meta[ Meta_Keys::UNFINISHED ] ?? [], true ),
				];
			}
		}
		return [
			'item_id'       => null,
			'is_unfinished' => false,
		];
	}

	/**
	 * The item of a post whose create ended before WordPress wrote its meta; null for any other post.
	 */
	public function begun( string $guid ): ?string {
		$start = $this->guid( '' );
		return 0 === strpos( $guid, $start ) && $start !== $guid ? rawurldecode( substr( $guid, strlen( $start ) ) ) : null;
	}

	/**
	 * The post that was created for an item, copies excluded.
	 *
	 * @return int Post id; 0 for none.
	 */
	public function find( string $item_id ): int {
		global $wpdb;

		$ids = $wpdb->get_col(
			$wpdb->prepare(
				"SELECT DISTINCT m.post_id FROM {$wpdb->postmeta} m INNER JOIN {$wpdb->posts} p ON p.ID = m.post_id WHERE m.meta_key = %s AND m.meta_value = %s",
				Meta_Keys::ITEM, $item_id
			)
		);
		$ids = array_map( 'intval', $ids );
		foreach ( ( new Post_Meta() )->of( $ids, self::KEYS ) as $id => $meta ) {
			if ( $this->of( $id, $meta )['item_id'] === $item_id ) {
				return $id;
			}
		}
		return 0;
	}

	/**
	 * The post that an interrupted create of the item left without meta.
	 *
	 * @param int $after Id that the table's last post had before the create. The column has no index.
	 * @return int Post id; 0 for none.
	 */
	public function find_begun( string $item_id, int $after ): int {
		global $wpdb;

		$guid = $this->guid( $item_id );
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT ID FROM {$wpdb->posts} WHERE ID > %d AND guid = %s ORDER BY ID LIMIT 1", $after, $guid ) );
	}

	/**
	 * Has WordPress insert a post that is linked to its item from its first row on.
	 *
	 * @param callable $insert Gets columns and meta to add to the post. Returns what WordPress returns.
	 * @return mixed Result of $insert.
	 */
	public function around( string $item_id, callable $insert ) {
		$link = function ( $meta_id, $post_id, $key, $value ) use ( $item_id ): void {
			if ( Meta_Keys::ITEM === $key && $item_id === $value ) {
				$this->write( (int) $post_id, $item_id );
				// Empty, WordPress sets its own guid in the next step.
				$this->set_guid( (int) $post_id, '' );
			}
		};
		add_action( 'added_post_meta', $link, PHP_INT_MIN, 4 );
		try {
			return $insert(
				[
					'guid'       => $this->guid( $item_id ),
					'meta_input' => [ Meta_Keys::ITEM => $item_id ],
				]
			);
		} finally {
			remove_action( 'added_post_meta', $link, PHP_INT_MIN );
		}
	}

	/**
	 * Completes the link of a post whose create was interrupted, or whose meta another plugin keeps elsewhere.
	 */
	public function complete( int $post_id, string $item_id ): void {
		$meta     = ( new Post_Meta() )->of( [ $post_id ], self::KEYS )[ $post_id ] ?? [];
		$guid     = (string) get_post_field( 'guid', $post_id, 'raw' );
		$is_begun = null !== $this->begun( $guid );
		if ( $is_begun || $this->of( $post_id, $meta )['item_id'] !== $item_id ) {
			$this->write( $post_id, $item_id );
		}
		if ( '' === $guid || $is_begun ) {
			$this->set_guid( $post_id, (string) get_permalink( $post_id ) );
		}
	}

	public function finish( int $post_id ): void {
		delete_post_meta( $post_id, Meta_Keys::UNFINISHED );
	}

	/**
	 * Writes to the table: a filter for meta must not come between a post and its item.
	 */
	private function write( int $post_id, string $item_id ): void {
		global $wpdb;

		$link = $this->link( $item_id, $post_id );
		$rows = [
			Meta_Keys::ITEM       => $item_id,
			Meta_Keys::LINK       => $link,
			Meta_Keys::UNFINISHED => $link,
		];
		$meta = ( new Post_Meta() )->of( [ $post_id ], self::KEYS )[ $post_id ] ?? [];
		foreach ( $rows as $key => $value ) {
			if ( ! in_array( $value, $meta[ $key ] ?? [], true ) ) {
				$wpdb->insert(
					$wpdb->postmeta,
					[
						'post_id'    => $post_id,
						'meta_key'   => $key,
						'meta_value' => $value,
					]
				);
			}
		}
		wp_cache_delete( $post_id, 'post_meta' );
	}

	private function set_guid( int $post_id, string $guid ): void {
		global $wpdb;

		$wpdb->update( $wpdb->posts, [ 'guid' => $guid ], [ 'ID' => $post_id ] );
		clean_post_cache( $post_id );
	}

	private function link( string $item_id, int $post_id ): string {
		return rawurlencode( $item_id ) . ' ' . $post_id . ' ' . $this->connection->site_id();
	}

	private function guid( string $item_id ): string {
		return self::GUID . $this->connection->site_id() . ':' . rawurlencode( $item_id );
	}
}
