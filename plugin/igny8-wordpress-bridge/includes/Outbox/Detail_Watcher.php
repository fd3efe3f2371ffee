<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Types;

/**
 * Records changes of meta and terms, which can change without the post being saved.
 */
final class Detail_Watcher {

	private Recorder $recorder;

	private Affected_Posts $affected_posts;

	private Types $types;

	private Meta_Keys $keys;

	public function __construct( Recorder $recorder, Affected_Posts $affected_posts, Types $types, Meta_Keys $keys ) {
		$this->recorder       = $recorder;
		$this->affected_posts = $affected_posts;
		$this->types          = $types;
		$this->keys           = $keys;
	}

	public function hook(): void {
		foreach ( [ 'added_post_meta', 'updated_post_meta', 'deleted_post_meta' ] as $action ) {
			add_action( $action, [ $this, 'meta_changed' ], PHP_INT_MAX, 3 );
		}
		add_action( 'set_object_terms', [ $this, 'terms_set' ], PHP_INT_MAX, 6 );
		add_action( 'deleted_term_relationships', [ $this, 'terms_removed' ], PHP_INT_MAX, 3 );
	}

	/**
	 * @param mixed $meta_id One id or several.
	 * @param mixed $post_id Id.
	 * @param mixed $key     Meta key.
	 */
	public function meta_changed( $meta_id, $post_id, $key ): void {
		if ( ! $this->recorder->can_record() ) {
			return;
		}
		if ( Meta_Keys::ALT === $key ) {
			// The alternative text is part of the documents of all posts that feature the image.
			$this->affected_posts->record_featuring( (int) $post_id );
			return;
		}

		$type = (string) get_post_type( (int) $post_id );
		if ( $this->types->is_synced( $type ) && ( Meta_Keys::THUMBNAIL === $key || $this->keys->has( (string) $key, $type ) ) ) {
			$this->record( (int) $post_id, $type );
		}
	}

	/**
	 * @param mixed $post_id    Object id, which is not always a post's.
	 * @param mixed $terms      As given.
	 * @param mixed $tt_ids     Terms after.
	 * @param mixed $taxonomy   Slug.
	 * @param mixed $append     Whether the terms before were kept.
	 * @param mixed $old_tt_ids Terms before; empty if they were kept.
	 */
	public function terms_set( $post_id, $terms, $tt_ids, $taxonomy, $append, $old_tt_ids ): void {
		$now  = array_map( 'intval', (array) $tt_ids );
		$then = array_map( 'intval', (array) $old_tt_ids );
		if ( [] !== array_diff( $now, $then ) || ( ! $append && [] !== array_diff( $then, $now ) ) ) {
			$this->terms_changed( (int) $post_id, (string) $taxonomy );
		}
	}

	/**
	 * @param mixed $post_id  Object id, which is not always a post's.
	 * @param mixed $tt_ids   Removed terms.
	 * @param mixed $taxonomy Slug.
	 */
	public function terms_removed( $post_id, $tt_ids, $taxonomy ): void {
		$this->terms_changed( (int) $post_id, (string) $taxonomy );
	}

	private function terms_changed( int $post_id, string $taxonomy ): void {
		$type = (string) get_post_type( $post_id );
		if ( $this->types->is_synced( $type ) && in_array( $taxonomy, $this->types->taxonomies( $type ), true ) ) {
			$this->record( $post_id, $type );
		}
	}

	private function record( int $post_id, string $type ): void {
		$status = (string) get_post_field( 'post_status', $post_id, 'raw' );
		if ( Types::UNSAVED !== $status ) {
			$this->recorder->record( Outbox::METADATA, $post_id, $type, Types::wire_status( $status ) );
		}
	}
}
