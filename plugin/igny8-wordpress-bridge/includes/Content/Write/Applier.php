<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Builders;
use Igny8\Bridge\Content\Document;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Post_Meta;
use Igny8\Bridge\Content\Rows;
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

	private Acting_User $acting_user;

	private Recorder $recorder;

	private Permissions $permissions;

	public function __construct( Rows $rows, Documents $documents, Post_Writer $writer, Acting_User $acting_user, Recorder $recorder, Permissions $permissions ) {
		$this->rows        = $rows;
		$this->documents   = $documents;
		$this->writer      = $writer;
		$this->acting_user = $acting_user;
		$this->recorder    = $recorder;
		$this->permissions = $permissions;
	}

	/**
	 * Sends no webhook for this change: the answer already contains the document, and IGNY8 would fetch it again.
	 * Changes that other plugins make meanwhile to other posts, and later changes to this one, are sent.
	 *
	 * @throws Command_Failure `write_failed`, `content_altered`, `invalid_field`, `not_permitted`, `acting_user_unusable`, `busy`.
	 */
	public function apply( Change $change ): Result {
		if ( $change->ends_in_trash ) {
			$this->check_trash( $change->type );
		}
		$this->recorder->hold();
		try {
			$result = $this->acting_user->run(
				function () use ( $change ): Result {
					return 'create' === $change->op ? $this->create( $change ) : $this->change( $change );
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

	private function create( Change $change ): Result {
		$lock = new Lock( 'create_' . md5( $change->item_id ), self::LOCK_TTL_S );
		if ( ! $lock->acquire() ) {
			throw new Command_Failure( 'busy', __( 'This item is already being created.', 'igny8-wordpress-bridge' ), true );
		}

		try {
			$existing = ( new Post_Meta() )->find( Meta_Keys::ITEM, $change->item_id );
			$document = 0 === $existing ? null : $this->documents->fresh( $existing );
			if ( null !== $document ) {
				return $this->found( $existing, $document, $change );
			}
			return Result::applied( $this->finished( $this->writer->create( $change ), $change ), true );
		} finally {
			$lock->release();
		}
	}

	/**
	 * Answers a repeated create. If the first one was interrupted, this writes the rest; if somebody edited the post since,
	 * it writes nothing, and the answer says that nothing of the post is agreed.
	 */
	private function found( int $id, Document $document, Change $change ): Result {
		if ( ! $document->is_unfinished() ) {
			return Result::applied( $document );
		}
		$row = $this->rows->whole( [ $id ] )[ $id ] ?? null;
		if ( null === $row || $this->was_edited( $row, $change ) ) {
			delete_post_meta( $id, Meta_Keys::UNFINISHED );
			return Result::unfinished( $document );
		}
		$this->writer->complete( $id, $change, $row );
		return Result::applied( $this->finished( $id, $change ), true );
	}

	/**
	 * Whether the post has a text that this command did not send.
	 */
	private function was_edited( object $row, Change $change ): bool {
		foreach ( [ 'post_title', 'post_content', 'post_excerpt' ] as $column ) {
			if ( '' !== $row->$column && (string) ( $change->columns[ $column ] ?? '' ) !== $row->$column ) {
				return true;
			}
		}
		return false;
	}

	private function change( Change $change ): Result {
		// Reads the row before the document: an edit between the two shows in the document's etag, and a later one in
		// the row.
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
			if ( 'update' === $change->op && ! $change->ends_in_trash && ! $change->has_fields() ) {
				return Result::applied( $document );
			}
		}
		( new Open_Editor() )->check( $change->id );
		$this->check_body( $change );
		try {
			return $this->change_row( $change, $row );
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
			throw new Command_Failure( 'body_read_only', sprintf( __( 'The page builder “%s” renders this post; visitors would not see a change of its text.', 'igny8-wordpress-bridge' ), $builder ) );
		}
	}

	private function change_row( Change $change, object $row ): Result {
		if ( 'delete' === $change->op ) {
			$this->permissions->check_delete( $change->id );
			( new Write_Guard( [], $row ) )->check_row();
			$this->delete( $change->id );
			return Result::applied( null );
		}
		if ( ! $change->has_fields() ) {
			( new Write_Guard( [], $row ) )->check_row();
		}
		$this->writer->update( $change, $row );
		return Result::applied( $this->finished( $change->id, $change ) );
	}

	private function finished( int $id, Change $change ): Document {
		if ( $change->ends_in_trash && 'trash' !== get_post_status( $id ) ) {
			$this->trash( $id );
		}
		$document = $this->documents->fresh( $id );
		if ( null === $document ) {
			throw new Command_Failure( 'write_failed', __( 'The post was deleted right after it was written.', 'igny8-wordpress-bridge' ), true );
		}
		return $document;
	}

	/**
	 * Without a trash, WordPress would delete the post permanently.
	 */
	private function check_trash( string $type ): void {
		if ( ! EMPTY_TRASH_DAYS || ( Types::ATTACHMENT === $type && ! MEDIA_TRASH ) ) {
			throw new Command_Failure( 'write_failed', __( 'The trash of this site is switched off. The post can only be deleted.', 'igny8-wordpress-bridge' ) );
		}
	}

	private function trash( int $id ): void {
		if ( ! wp_trash_post( $id ) || 'trash' !== get_post_status( $id ) ) {
			throw new Command_Failure( 'write_failed', __( 'WordPress did not move the post to the trash.', 'igny8-wordpress-bridge' ), true );
		}
	}

	private function delete( int $id ): void {
		wp_delete_post( $id, true );
		if ( null !== $this->documents->fresh( $id ) ) {
			throw new Command_Failure( 'write_failed', __( 'WordPress did not delete the post; a plugin may protect it.', 'igny8-wordpress-bridge' ), true );
		}
	}
}
