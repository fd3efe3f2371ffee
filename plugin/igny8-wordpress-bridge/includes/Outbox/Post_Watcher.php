<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Types;
use WP_Post;

/**
 * Records that posts are created, edited, published, trashed and deleted.
 */
final class Post_Watcher {

	private Recorder $recorder;

	private Types $types;

	/** @var array<int, WP_Post[]> Id of a post that is being deleted => its children. WordPress changes their parent without a hook. */
	private array $children = [];

	public function __construct( Recorder $recorder, Types $types ) {
		$this->recorder = $recorder;
		$this->types    = $types;
	}

	public function hook(): void {
		// Last, so that other plugins' changes on the same hook are included.
		add_action( 'wp_after_insert_post', [ $this, 'saved' ], PHP_INT_MAX );
		add_action( 'trashed_post', [ $this, 'saved' ], PHP_INT_MAX );
		add_action( 'untrashed_post', [ $this, 'saved' ], PHP_INT_MAX );
		add_action( 'add_attachment', [ $this, 'saved' ], PHP_INT_MAX );
		add_action( 'edit_attachment', [ $this, 'saved' ], PHP_INT_MAX );
		add_action( 'transition_post_status', [ $this, 'status_changed' ], PHP_INT_MAX, 3 );
		add_action( 'before_delete_post', [ $this, 'deleting' ], PHP_INT_MAX, 2 );
		add_action( 'deleted_post', [ $this, 'deleted' ], PHP_INT_MAX, 2 );
	}

	/**
	 * @param mixed $post_id Id.
	 */
	public function saved( $post_id ): void {
		$this->record( Outbox::STATUS, get_post( (int) $post_id ) );
	}

	/**
	 * @param mixed $new_status Slug.
	 * @param mixed $old_status Slug.
	 * @param mixed $post       WP_Post.
	 */
	public function status_changed( $new_status, $old_status, $post ): void {
		if ( $new_status !== $old_status ) {
			$this->record( Outbox::STATUS, $post );
		}
	}

	/**
	 * @param mixed $post_id Id.
	 * @param mixed $post    WP_Post.
	 */
	public function deleting( $post_id, $post ): void {
		if ( $post instanceof WP_Post && $this->concerns_us( $post ) && is_post_type_hierarchical( $post->post_type ) && $this->recorder->can_record() ) {
			$this->children[ (int) $post_id ] = $this->children_of( $post );
		}
	}

	/**
	 * @param mixed $post_id Id.
	 * @param mixed $post    WP_Post.
	 */
	public function deleted( $post_id, $post ): void {
		$this->record( Outbox::DELETED, $post );
		foreach ( $this->children[ (int) $post_id ] ?? [] as $child ) {
			$this->record( Outbox::STATUS, $child );
		}
		unset( $this->children[ (int) $post_id ] );
	}

	/**
	 * @param mixed $post WP_Post or null.
	 */
	private function record( string $kind, $post ): void {
		if ( $post instanceof WP_Post && $this->concerns_us( $post ) ) {
			$this->recorder->record( $kind, (int) $post->ID, $post->post_type, Types::wire_status( $post->post_status ) );
		}
	}

	/**
	 * Revisions and autosaves have a type that isn't public.
	 */
	private function concerns_us( WP_Post $post ): bool {
		return Types::UNSAVED !== $post->post_status && $this->types->is_synced( $post->post_type );
	}

	/**
	 * @return WP_Post[]
	 */
	private function children_of( WP_Post $post ): array {
		global $wpdb;

		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT * FROM {$wpdb->posts} WHERE post_parent = %d AND post_type = %s", $post->ID, $post->post_type ) );
		return array_map(
			static function ( object $row ): WP_Post {
				return new WP_Post( $row );
			},
			$rows
		);
	}
}
