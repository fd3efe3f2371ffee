<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Post_Meta;

/**
 * A post before a change, to restore it. Can't undo what other plugins did outside of the post on its hooks.
 */
final class Snapshot {

	/** Meta keys of the trash. */
	private const TRASH_KEYS = [ '_wp_trash_meta_status', '_wp_trash_meta_time', '_wp_desired_post_slug' ];

	private object $row;

	private int $last_revision;

	/** @var array<string, string[]> Key => raw values. */
	private array $meta;

	/** @var array<string, int[]> Taxonomy => term ids. */
	private array $terms = [];

	/**
	 * @param object   $row        Of the posts table.
	 * @param string[] $keys       Meta keys that may change.
	 * @param string[] $taxonomies Taxonomies that may change.
	 */
	public function __construct( object $row, array $keys, array $taxonomies ) {
		$id                  = (int) $row->ID;
		$keys                = array_merge( array_map( 'strval', $keys ), self::TRASH_KEYS );
		$this->row           = $row;
		$this->last_revision = (int) ( $this->revisions( 0 )[0] ?? 0 );
		$this->meta          = array_merge( array_fill_keys( $keys, [] ), ( new Post_Meta() )->of( [ $id ], $keys )[ $id ] ?? [] );
		foreach ( $taxonomies as $taxonomy ) {
			$this->terms[ (string) $taxonomy ] = Term_Writer::ids_of( $id, (string) $taxonomy );
		}
	}

	public function restore(): void {
		global $wpdb;

		$id = (int) $this->row->ID;
		// Before the meta, because deleting a revision deletes the trash's meta of the post itself.
		foreach ( $this->revisions( $this->last_revision ) as $revision ) {
			wp_delete_post_revision( (int) $revision );
		}
		$wpdb->update( $wpdb->posts, (array) $this->row, [ 'ID' => $id ] );
		foreach ( $this->meta as $key => $values ) {
			$this->restore_meta( $id, (string) $key, $values );
		}
		wp_cache_delete( $id, 'post_meta' );
		foreach ( $this->terms as $taxonomy => $term_ids ) {
			wp_set_object_terms( $id, $term_ids, (string) $taxonomy );
		}
		clean_post_cache( $id );
	}

	/**
	 * @param string[] $values Raw.
	 */
	private function restore_meta( int $id, string $key, array $values ): void {
		global $wpdb;

		$of_post = [
			'post_id'  => $id,
			'meta_key' => $key,
		];
		if ( ( new Post_Meta() )->of( [ $id ], [ $key ] ) === ( [] === $values ? [] : [ $id => [ $key => $values ] ] ) ) {
			return;
		}
		$wpdb->delete( $wpdb->postmeta, $of_post );
		foreach ( $values as $value ) {
			$wpdb->insert( $wpdb->postmeta, $of_post + [ 'meta_value' => $value ] );
		}
	}

	/**
	 * @return string[] Ids above $after, newest first.
	 */
	private function revisions( int $after ): array {
		global $wpdb;

		return $wpdb->get_col(
			$wpdb->prepare(
				"SELECT ID FROM {$wpdb->posts} WHERE post_parent = %d AND post_type = 'revision' AND ID > %d ORDER BY ID DESC",
				(int) $this->row->ID, $after
			)
		);
	}
}
