<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Builders;
use Igny8\Bridge\Content\Document;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Item_Links;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Open_Links;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Outbox\Recorder;
use Igny8\Bridge\Support\Lock;
use Throwable;

/**
 * Applies one change to one post, if the post still has the etag that the sender expects.
 */
final class Applier {

	private const LOCK_TTL_S = 300;

	private Rows $rows;

	private Documents $documents;

	private Post_Writer $writer;

	private Item_Links $links;

	private Acting_User $acting_user;

	private Recorder $recorder;

	private Write_Log $writes;

	private Stale_Saves $stale_saves;

	private Permissions $permissions;

	private Left_Alone $left_alone;

	private Body_Maker $bodies;

	private Open_Links $open_links;

	public function __construct( Rows $rows, Documents $documents, Post_Writer $writer, Item_Links $links, Acting_User $acting_user, Recorder $recorder, Write_Log $writes, Stale_Saves $stale_saves, Permissions $permissions, Body_Maker $bodies, Open_Links $open_links ) {
		$this->rows        = $rows;
		$this->documents   = $documents;
		$this->writer      = $writer;
		$this->links       = $links;
		$this->acting_user = $acting_user;
		$this->recorder    = $recorder;
		$this->writes      = $writes;
		$this->stale_saves = $stale_saves;
		$this->permissions = $permissions;
		$this->left_alone  = new Left_Alone();
		$this->bodies      = $bodies;
		$this->open_links  = $open_links;
	}

	/**
	 * Applies the change. No webhook is sent for it: the answer has the document, and a webhook would make IGNY8 fetch it
	 * again. Changes that other plugins make meanwhile to other posts, and later changes to this one, are sent.
	 *
	 * @throws Command_Failure `write_failed`, `content_altered`, `invalid_field`, `not_permitted`, `acting_user_unusable`, `trash_off`, `not_in_trash`, `busy`, `post_locked`, `body_read_only`, `not_storable`, `schedule_passed`, `seo_unavailable`, `post_left_alone`, `images_pending`.
	 */
	public function apply( Change $change, Context $context ): Result {
		if ( $change->ends_in_trash ) {
			$this->check_trash( $change->type );
		}
		$this->recorder->hold();
		try {
			$result = $this->acting_user->run(
				function () use ( $change, $context ): Result {
					return 'create' === $change->op ? $this->create( $change, $context ) : $this->change( $change, $context );
				}
			);
		} catch ( Throwable $error ) {
			$this->recorder->release( 0 );
			throw $error;
		}

		$document = $result->document();
		$answered = null === $document ? $change->id : $document->id();
		$this->recorder->release( Result::APPLIED === $result->outcome() ? $answered : 0 );
		return $result;
	}

	private function create( Change $change, Context $context ): Result {
		$lock = new Lock( 'create_' . md5( $change->item_id ), self::LOCK_TTL_S );
		if ( ! $lock->acquire() ) {
			Command_Failure::raise( 'busy', __( 'This item is already being created.', 'igny8-wordpress-bridge' ), true );
		}

		try {
			$this->bodies->make( $change, null, $context );
			$started  = new Started_Creates();
			$existing = $this->existing( $change->item_id, $started );
			$this->left_alone->check( $existing );
			$document = 0 === $existing ? null : $this->documents->fresh( $existing );
			$result   = null === $document
				? Result::applied( $this->finished( $this->writer->create( $change ), $change ), true )
				: $this->found( $existing, $document, $change );
			$started->end( $change->item_id );
			$this->open_links->close( $change->item_id );
			return $result;
		} finally {
			$lock->release();
		}
	}

	/**
	 * The post of an earlier create of the item; 0 for none. `$after` is the last post id before an earlier create that did
	 * not end.
	 */
	private function existing( string $item_id, Started_Creates $started ): int {
		$existing = $this->links->find( $item_id );
		$after    = 0 === $existing ? $started->begin( $item_id ) : null;
		return null === $after ? $existing : $this->links->find_begun( $item_id, $after );
	}

	/**
	 * Answers a repeated create. If the first create was interrupted, writes the rest. If somebody edited the post since,
	 * changes no field, completes only the item link, and answers `is_finished: false`: the sides agree on no field.
	 */
	private function found( int $id, Document $document, Change $change ): Result {
		if ( ! $document->is_unfinished() ) {
			return Result::applied( $document );
		}
		( new Open_Editor() )->check( $id );
		$this->links->complete( $id, $change->item_id );
		$row = $this->rows->whole( [ $id ] )[ $id ] ?? null;
		if ( null === $row || $this->was_edited( $row, $change ) ) {
			$this->links->finish( $id );
			return Result::unfinished( $document );
		}
		$this->writer->complete( $id, $change, $row );
		return Result::applied( $this->finished( $id, $change ), true );
	}

	/**
	 * Whether the post has a text that this command did not send, or was trashed.
	 */
	private function was_edited( object $row, Change $change ): bool {
		if ( 'trash' === $row->post_status ) {
			return true;
		}
		foreach ( [ 'post_title', 'post_content', 'post_excerpt' ] as $column ) {
			if ( '' !== $row->$column && (string) ( $change->columns[ $column ] ?? '' ) !== $row->$column ) {
				return true;
			}
		}
		return false;
	}

	private function change( Change $change, Context $context ): Result {
		$this->left_alone->check( $change->id );
		// Reads the row before the document. An edit between the two reads shows in the document's etag. A later edit
		// changes the row, which `Write_Guard` compares.
		$row      = $this->rows->whole( [ $change->id ] )[ $change->id ] ?? null;
		$document = $this->documents->fresh( $change->id );
		if ( null === $row && 'delete' === $change->op ) {
			return Result::applied( null );
		}
		if ( null === $row || null === $document || $document->type() !== $change->type || $document->etag() !== $change->expect ) {
			return Result::stale( $document );
		}

		if ( 'delete' !== $change->op ) {
			( new Unchanged() )->leave_out( $change, $row );
			$this->bodies->make( $change, $row, $context );
			if ( 'update' === $change->op && ! $change->ends_in_trash && ! $change->has_fields() ) {
				return Result::applied( $document );
			}
		}
		( new Open_Editor() )->check( $change->id );
		$this->check_body( $change );
		try {
			return $this->change_row( $change, $row, $document );
		} catch ( Stale_Write $stale ) {
			return Result::stale( $this->documents->fresh( $change->id ) );
		}
	}

	/**
	 * @throws Command_Failure `body_read_only` Where a page builder renders the post.
	 */
	private function check_body( Change $change ): void {
		$builder = isset( $change->columns['post_content'] ) ? ( new Builders() )->of( [ $change->id ] )[ $change->id ] ?? null : null;
		if ( null !== $builder ) {
			/* translators: %s: name of a page builder. */
			Command_Failure::raise( 'body_read_only', sprintf( __( 'The page builder “%s” renders this post; visitors would not see a change of its text.', 'igny8-wordpress-bridge' ), $builder ) );
		}
	}

	private function change_row( Change $change, object $row, Document $before ): Result {
		if ( 'delete' === $change->op ) {
			$this->permissions->check_delete( $change->id );
			$this->check_deletable( $row );
			( new Write_Guard( [], $row ) )->check_row();
			$this->delete( $change->id );
			return Result::applied( null );
		}
		if ( ! $change->has_fields() ) {
			( new Write_Guard( [], $row ) )->check_row();
		}
		return Result::applied( $this->logged( $change, $row, $before ) );
	}

	/**
	 * Writes and logs the write. An editor whose lock expired may still have the post open; its next save is compared with
	 * this write.
	 */
	private function logged( Change $change, object $row, Document $before ): Document {
		$write = $this->writes->begin( $before );
		try {
			$this->writer->update( $change, $row );
		} catch ( Command_Failure | Stale_Write $undone ) {
			$this->writes->abandon( $write );
			throw $undone;
		}
		if ( $before->is_unfinished() ) {
			// The sender names the post and its etag, so it knows what an interrupted create left.
			$this->links->finish( $change->id );
		}
		$after = $this->finished( $change->id, $change );
		$this->writes->finish( $write, $before, $after );
		// The sender named the current etag, so it has seen every earlier save.
		$this->stale_saves->drop( $change->id );
		return $after;
	}

	private function finished( int $id, Change $change ): Document {
		if ( $change->ends_in_trash && 'trash' !== get_post_status( $id ) ) {
			$this->trash( $id );
		}
		$document = $this->documents->fresh( $id );
		if ( null === $document ) {
			Command_Failure::raise( 'write_failed', __( 'The post was deleted right after it was written.', 'igny8-wordpress-bridge' ), true );
		}
		return $document;
	}

	/**
	 * @throws Command_Failure `trash_off`.
	 */
	private function check_trash( string $type ): void {
		if ( ! Types::has_trash( $type ) ) {
			Command_Failure::raise( 'trash_off', __( 'The trash of this site is switched off, so WordPress would delete the post at once.', 'igny8-wordpress-bridge' ) );
		}
	}

	/**
	 * Whoever asks, only what is in the trash is deleted.
	 *
	 * @throws Command_Failure `not_in_trash`.
	 */
	private function check_deletable( object $row ): void {
		if ( 'trash' !== $row->post_status ) {
			Command_Failure::raise( 'not_in_trash', __( 'Only a post in the trash can be deleted permanently.', 'igny8-wordpress-bridge' ) );
		}
	}

	private function trash( int $id ): void {
		if ( ! wp_trash_post( $id ) || 'trash' !== get_post_status( $id ) ) {
			Command_Failure::raise( 'write_failed', __( 'WordPress did not move the post to the trash.', 'igny8-wordpress-bridge' ), true );
		}
	}

	private function delete( int $id ): void {
		wp_delete_post( $id, true );
		if ( null !== $this->documents->fresh( $id ) ) {
			Command_Failure::raise( 'write_failed', __( 'WordPress did not delete the post; a plugin may protect it.', 'igny8-wordpress-bridge' ), true );
		}
	}
}
