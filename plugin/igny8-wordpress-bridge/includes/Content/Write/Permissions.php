<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Name;
use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Meta_Keys;

/**
 * Checks the capabilities of the current user, which is the acting user, as WordPress' own REST API does: for the
 * operation, and for each field that changes.
 */
final class Permissions {

	/**
	 * @param array<string, array<int|string>> $plan From Term_Writer::plan().
	 * @throws Command_Failure `not_permitted`.
	 */
	public function check_create( Change $change, array $plan ): void {
		$type = get_post_type_object( $change->type );
		/* translators: %s: name of a post type, for example "Pages". */
		$this->need( $type->cap->create_posts, sprintf( __( 'create posts of the type “%s”', 'igny8-wordpress-bridge' ), $type->label ) );
		if ( $change->ends_in_trash ) {
			$this->need( $type->cap->delete_posts, __( 'move posts to the trash', 'igny8-wordpress-bridge' ) );
		}
		$this->check_fields( $change, $plan, null );
	}

	/**
	 * @param array<string, array<int|string>> $plan From Term_Writer::plan().
	 * @param object                           $row  As stored.
	 * @throws Command_Failure `not_permitted`.
	 */
	public function check_update( Change $change, array $plan, object $row ): void {
		if ( $change->has_fields() ) {
			$this->need( 'edit_post', __( 'edit this post', 'igny8-wordpress-bridge' ), $change->id );
		}
		if ( $change->ends_in_trash || 'untrash' === $change->op ) {
			$this->need( 'delete_post', $change->ends_in_trash ? __( 'move this post to the trash', 'igny8-wordpress-bridge' ) : __( 'restore this post from the trash', 'igny8-wordpress-bridge' ), $change->id );
		}
		$this->check_fields( $change, $plan, $row );
		$this->check_meta( $change->id, $change );
	}

	/**
	 * @throws Command_Failure `not_permitted`.
	 */
	public function check_delete( int $id ): void {
		$this->need( 'delete_post', __( 'delete this post', 'igny8-wordpress-bridge' ), $id );
	}

	/**
	 * @throws Command_Failure `not_permitted`.
	 */
	public function check_upload(): void {
		$this->need( 'upload_files', __( 'add images to the media library', 'igny8-wordpress-bridge' ) );
	}

	/**
	 * Needs the post, because plugins decide about their meta by post.
	 *
	 * @throws Command_Failure `not_permitted`.
	 */
	public function check_meta( int $id, Change $change ): void {
		foreach ( $change->meta as $key => $value ) {
			$key = (string) $key;
			// The SEO plugins write theirs for everybody who may edit the post, and so does WordPress with the image.
			if ( Meta_Keys::THUMBNAIL !== $key && ! Meta_Keys::is_seo( $key ) && ! isset( $change->names[ $key ] ) ) {
				/* translators: %s: a meta key. */
				$this->need( null === $value ? 'delete_post_meta' : 'edit_post_meta', sprintf( __( 'change the meta “%s” of this post', 'igny8-wordpress-bridge' ), $key ), $id, $key );
			}
		}
		if ( null !== $change->image_alt ) {
			$this->need( 'edit_post', __( 'change the text of this image', 'igny8-wordpress-bridge' ), (int) $change->meta[ Meta_Keys::THUMBNAIL ] );
		}
	}

	/**
	 * @param object|null $row Null for a new post.
	 */
	private function check_fields( Change $change, array $plan, ?object $row ): void {
		$caps   = get_post_type_object( $change->type )->cap;
		$author = $change->columns['post_author'] ?? null;
		// As in WordPress, everybody may make themselves the author of a post that they may edit.
		if ( null !== $author && get_current_user_id() !== $author ) {
			$this->need( $caps->edit_others_posts, __( 'make somebody else the author', 'igny8-wordpress-bridge' ) );
		}
		$status = (string) ( $change->columns['post_status'] ?? '' );
		if ( '' !== $status && ( null === $row || $status !== $row->post_status ) && $this->is_out( $status ) ) {
			/* translators: %s: a status, for example "publish". */
			$this->need( $caps->publish_posts, sprintf( __( 'give a post the status “%s”', 'igny8-wordpress-bridge' ), $status ) );
		}
		foreach ( $plan as $taxonomy => $terms ) {
			$this->check_terms( (string) $taxonomy, $terms );
		}
	}

	/**
	 * Whether a status makes a post visible to others, now or later.
	 */
	private function is_out( string $status ): bool {
		$object = get_post_status_object( $status );
		return 'future' === $status || ( null !== $object && ( $object->public || $object->private ) );
	}

	/**
	 * @param array<int|string> $terms Ids, and names of terms to create.
	 */
	private function check_terms( string $taxonomy, array $terms ): void {
		$object = get_taxonomy( $taxonomy );
		/* translators: %s: name of a taxonomy, for example "Categories". */
		$assign = sprintf( __( 'assign terms of “%s”', 'igny8-wordpress-bridge' ), $object->label );
		$this->need( $object->cap->assign_terms, $assign );
		foreach ( $terms as $term ) {
			if ( is_int( $term ) ) {
				$this->need( 'assign_term', $assign, $term );
			} else {
				/* translators: %s: name of a taxonomy, for example "Categories". */
				$this->need( $object->hierarchical ? $object->cap->edit_terms : $object->cap->assign_terms, sprintf( __( 'create terms of “%s”', 'igny8-wordpress-bridge' ), $object->label ) );
			}
		}
	}

	/**
	 * @param string $capability As current_user_can() takes it.
	 * @param string $action     What the user would do, after "may not".
	 * @param mixed  ...$args    Of the capability.
	 */
	private function need( string $capability, string $action, ...$args ): void {
		if ( current_user_can( $capability, ...$args ) ) {
			return;
		}
		$user    = wp_get_current_user();
		$missing = $this->missing( $capability, $args );
		Command_Failure::raise(
			'not_permitted',
			/* translators: 1: name of a user, 2: login, 3: what the user would do, for example "delete this post", 4: a capability of WordPress. */
			sprintf( __( 'IGNY8 writes as %1$s (%2$s), who may not %3$s: the capability %4$s is missing.', 'igny8-wordpress-bridge' ), User_Name::shown( $user ), $user->user_login, $action, $missing ),
			false,
			[
				'permission' => [
					'user_id'    => (int) $user->ID,
					'user'       => User_Name::shown( $user ),
					'capability' => $missing,
				],
			]
		);
	}

	/**
	 * The primitive capability behind one that depends on a post: `edit_others_pages` for `edit_post`.
	 */
	private function missing( string $capability, array $args ): string {
		$user = wp_get_current_user();
		foreach ( map_meta_cap( $capability, $user->ID, ...$args ) as $primitive ) {
			if ( 'do_not_allow' !== $primitive && empty( $user->allcaps[ $primitive ] ) ) {
				return $primitive;
			}
		}
		return $capability;
	}
}
