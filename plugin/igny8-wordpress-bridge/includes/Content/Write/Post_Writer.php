<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Types;
use Throwable;
use WP_Error;

/**
 * Writes a post with all that belongs to it, the way WordPress does: its hooks, revisions, slugs and dates. What is not
 * stored as it was sent is undone.
 */
final class Post_Writer {

	private Rows $rows;

	private Fidelity $fidelity;

	private Term_Writer $terms;

	private Meta_Writer $meta;

	public function __construct( Rows $rows, Fidelity $fidelity, Term_Writer $terms, Meta_Writer $meta ) {
		$this->rows     = $rows;
		$this->fidelity = $fidelity;
		$this->terms    = $terms;
		$this->meta     = $meta;
	}

	/**
	 * @return int Id of the new post.
	 * @throws Command_Failure `write_failed`, `content_altered`, `invalid_field`.
	 */
	public function create( Change $change ): int {
		$this->fidelity->check_before( $change );
		$term_ids = $this->terms->resolve( $change->terms );
		$columns  = $change->columns + [ 'post_status' => 'draft' ];
		$post     = $this->settle_date( $columns, $columns['post_status'] ) + [
			'post_type'  => $change->type,
			'meta_input' => wp_slash( [ Meta_Keys::ITEM => $change->item_id ] ),
		];

		$id = 0;
		try {
			$guard    = new Write_Guard( $change->columns, null );
			$id       = $guard->around(
				function ( array $mark ) use ( $post ) {
					return wp_insert_post( wp_slash_columns( $post ) + $mark, true, false );
				}
			);
			$id       = $this->id_or_fail( $id );
			$term_ids = $this->finish( $id, $change, $term_ids, null );
		} catch ( Throwable $error ) {
			if ( is_int( $id ) && $id > 0 ) {
				wp_delete_post( $id, true );
			}
			$this->terms->undo();
			throw $error;
		}
		return $id;
	}
}
