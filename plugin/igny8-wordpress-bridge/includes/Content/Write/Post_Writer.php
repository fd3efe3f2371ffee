<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Item_Links;
use Igny8\Bridge\Content\Made_Bodies;
use Igny8\Bridge\Content\Open_Links;
use Igny8\Bridge\Content\Types;
use Throwable;
use WP_Error;

/**
 * Writes a post with its terms and meta through WordPress, with its hooks, revisions, slugs and dates. If the stored
 * values differ from the sent ones, it undoes the change.
 */
final class Post_Writer {

	private Write_Verifier $write_verifier;

	private Term_Writer $terms;

	private Meta_Writer $meta;

	private Item_Links $links;

	private Publishing_Rules $publishing;

	private Seo_Writer $seo;

	private Permissions $permissions;

	/** Of the write under way. */
	private Write_Witness $witness;

	public function __construct( Write_Verifier $write_verifier, Term_Writer $terms, Meta_Writer $meta, Item_Links $links, Publishing_Rules $publishing, Seo_Writer $seo, Permissions $permissions ) {
		$this->write_verifier = $write_verifier;
		$this->terms          = $terms;
		$this->meta           = $meta;
		$this->links          = $links;
		$this->publishing     = $publishing;
		$this->seo            = $seo;
		$this->permissions    = $permissions;
	}

	/**
	 * @return int Id of the new post.
	 * @throws Command_Failure `write_failed`, `content_altered`, `invalid_field`, `not_permitted`, `schedule_passed`.
	 */
	public function create( Change $change ): int {
		$this->publishing->settle( $change, null );
		$this->seo->prepare( $change );
		$this->write_verifier->check_before( $change );
		$plan = $this->terms->plan( $change->terms );
		$this->permissions->check_create( $change, $plan );
		$post = $this->columns( $change, 'draft' ) + [
			'post_type'   => $change->type,
			'post_status' => 'draft',
		];

		$id            = 0;
		$this->witness = new Write_Witness( $change );
		try {
			$this->witness->watch(
				function () use ( $change, $post, $plan, &$id ): void {
					$guard  = new Write_Guard( $change->columns, null );
					$insert = static function ( array $linked ) use ( $guard, $post ) {
						return $guard->around(
							static function ( array $mark ) use ( $linked, $post ) {
								return wp_insert_post( wp_slash( $post + $linked ) + $mark, true, false );
							}
						);
					};
					$id     = $this->id_of( $this->links->around( $change->item_id, $insert ) );
					$this->links->complete( $id, $change->item_id );
					$this->note_body( $id, $change );
					$this->permissions->check_meta( $id, $change );
					$this->finish( $id, $change, $plan, null, $guard );
				}
			);
		} catch ( Throwable $error ) {
			if ( $id > 0 ) {
				wp_delete_post( $id, true );
			}
			$this->seo->undo();
			$this->terms->undo();
			throw $error;
		}
		return $id;
	}

	/**
	 * Completes a post whose creation was interrupted by a hook that exits, a time limit or a fatal error: writes all that
	 * was sent over what is there.
	 *
	 * @throws Command_Failure `write_failed`, `content_altered`, `invalid_field`.
	 */
	public function complete( int $id, Change $change, object $row ): void {
		$change->id = $id;
		$this->update( $change, $row );
	}

	/**
	 * @param object $row Row as compared with what the sender expects.
	 * @throws Command_Failure `write_failed`, `content_altered`, `invalid_field`, `schedule_passed`.
	 * @throws Stale_Write     If the row has changed; nothing was written.
	 */
	public function update( Change $change, object $row ): void {
		$this->publishing->settle( $change, $row );
		$this->seo->prepare( $change );
		$this->write_verifier->check_before( $change );
		$plan = $this->terms->plan( $change->terms );
		$this->permissions->check_update( $change, $plan, $row );
		$snapshot = new Snapshot( $row, array_keys( $change->meta ), array_keys( $change->terms ) );
		$guard    = new Write_Guard( $change->columns, $row );
		try {
			if ( 'untrash' === $change->op ) {
				$guard->check_row();
				$this->untrash( $change->id );
				$guard->accept_row();
			}
			if ( $change->has_fields() ) {
				$this->witness = new Write_Witness( $change );
				$this->witness->watch(
					function () use ( $change, $plan, $guard, $row ): void {
						$this->write( $change, $plan, $guard, $row );
					}
				);
			}
		} catch ( Command_Failure $failure ) {
			if ( $guard->may_have_written() ) {
				$snapshot->restore();
			}
			$this->seo->undo();
			$this->terms->undo();
			throw $failure;
		}
	}

	/**
	 * Updates through WordPress even if no column changes, so that other plugins learn of the modification.
	 */
	private function write( Change $change, array $plan, Write_Guard $guard, object $row ): void {
		// A persistent object cache may be behind the database, and WordPress writes back what it finds there: old terms, say.
		clean_post_cache( $change->id );
		$before = get_post( $change->id );
		$before = null === $before ? null : clone $before;
		$post   = $this->columns( $change, (string) ( 'untrash' === $change->op && null !== $before ? $before->post_status : $row->post_status ) );
		$terms  = $this->terms->stored( $change );
		$this->note_body( $change->id, $change );
		$this->id_of(
			$guard->around(
				static function ( array $mark ) use ( $post, $change, $terms ) {
					// Without a name WordPress leaves the template alone; else it refuses every edit once the theme has lost it.
					return wp_update_post( [ 'ID' => $change->id, 'page_template' => '' ] + wp_slash( $post ) + $terms + $mark, true, false );
				}
			)
		);
		$this->terms->remove_default( $change, $terms );
		$this->finish( $change->id, $change, $plan, $before, $guard );
	}

	/**
	 * @param \WP_Post|null $before Null for a new post.
	 */
	private function finish( int $id, Change $change, array $plan, $before, Write_Guard $guard ): void {
		$term_ids = $this->terms->write( $id, $plan, $change->type );
		$this->seo->resolve_primary( $id, $change );
		$this->meta->write( $id, $change );
		$this->seo->write( $id );
		if ( Types::ATTACHMENT !== $change->type ) {
			// Fired only after terms and meta are written, as in WordPress' own REST API.
			wp_after_insert_post( $id, null !== $before, $before );
		}
		$this->write_verifier->check_after( $id, $change, $term_ids, $guard, $this->witness );
		$this->seo->check_after( $id );
		if ( '' !== $change->item_id ) {
			$this->links->finish( $id );
		}
		// Written last, because other posts share it and it should not need to be undone.
		$this->meta->write_image_alt( $change );
	}

	private function note_body( int $id, Change $change ): void {
		if ( isset( $change->columns['post_content'] ) ) {
			Open_Links::note( $id, $change->open_links );
		}
		if ( null !== $change->sent_body ) {
			Made_Bodies::note( $id, $change->sent_body, (string) $change->columns['post_content'] );
		}
	}

	/**
	 * @param string $status Status of the post if the change has none.
	 */
	private function columns( Change $change, string $status ): array {
		$columns = $change->columns;
		if ( ! isset( $columns['post_date_gmt'] ) ) {
			return $columns;
		}

		$status    = $columns['post_status'] ?? $status;
		$can_float = in_array( $status, get_post_stati( [ 'date_floating' => true ] ), true );
		if ( Gmt::NONE === $columns['post_date_gmt'] && ! $can_float ) {
			// A published post keeps its date; WordPress would replace it by today's.
			unset( $columns['post_date'], $columns['post_date_gmt'] );
			return $columns;
		}
		return $columns + [ 'edit_date' => true ];
	}

	private function untrash( int $id ): void {
		if ( 'trash' === get_post_status( $id ) && ! wp_untrash_post( $id ) ) {
			Command_Failure::raise( 'write_failed', __( 'WordPress did not restore the post from the trash.', 'igny8-wordpress-bridge' ), true );
		}
	}

	/**
	 * @param int|WP_Error $answer Result of WordPress.
	 */
	private function id_of( $answer ): int {
		if ( is_wp_error( $answer ) ) {
			Command_Failure::raise( 'write_failed', $answer->get_error_message(), true );
		}
		return (int) $answer;
	}
}
