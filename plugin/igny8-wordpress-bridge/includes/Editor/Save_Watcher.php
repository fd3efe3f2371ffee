<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Fields;
use Igny8\Bridge\Content\Stale_Save;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Content\Write\Acting_User;
use Igny8\Bridge\Content\Write\Write_Log;

/**
 * Recognises a save from an editor that doesn't have IGNY8's last version, and keeps both texts.
 *
 * The save goes through, because only WordPress' own data is needed for that: it works alike in an app, or in a tab that
 * never loaded our script. What it replaced of IGNY8's is stored here and as a revision, and the document tells IGNY8
 * what the editor was opened with, so that the item becomes a conflict instead of “changed in WordPress”.
 *
 * If the editor tells what it knows, the save is noted before WordPress writes: then neither a hook that ends the request
 * nor IGNY8, fetching the post at that moment, can take it for a change that knew everything.
 */
final class Save_Watcher {

	private Tables $tables;

	private Write_Log $writes;

	private Stale_Saves $saves;

	private Documents $documents;

	private Acting_User $acting_user;

	/** @var array<int, array{0: Save_Context, 1: array, 2: array, 3: Stale_Save|null, 4: int}> Post id => context, values before IGNY8's writes, content before this save, what was known before, last write. */
	private array $running = [];

	public function __construct( Tables $tables, Write_Log $writes, Stale_Saves $saves, Documents $documents, Acting_User $acting_user ) {
		$this->tables      = $tables;
		$this->writes      = $writes;
		$this->saves       = $saves;
		$this->documents   = $documents;
		$this->acting_user = $acting_user;
	}

	public function hook(): void {
		// After everything that other plugins write on this hook, and before the outbox is sent.
		add_action( 'wp_after_insert_post', [ $this, 'saved' ], PHP_INT_MAX );
		add_action( 'shutdown', [ $this, 'finish_all' ], 1 );
		add_action( 'deleted_post', [ $this, 'deleted' ] );
	}

	public function begin( Save_Context $context ): void {
		$id = $context->post_id;
		if ( ! $this->tables->exist() || isset( $this->running[ $id ] ) ) {
			return;
		}
		$writes = $this->writes->since( $id, $context->seen ?? 0 );
		if ( [] === $writes ) {
			return;
		}
		$content = Fields::of( $this->documents->fresh( $id ) );
		if ( [] === $content ) {
			return;
		}

		$last = (int) array_key_last( $writes );
		// Without knowing when the editor was opened, only the last write can be compared.
		$fields = array_column( null === $context->seen ? [ $writes[ $last ] ] : array_values( $writes ), 'fields' );
		// The earliest value of a field is what the editor shows.
		$base                 = array_merge( ...array_reverse( $fields ) );
		$known                = $this->saves->get( $id );
		$this->running[ $id ] = [ $context, $base, $content, $known, $last ];
		if ( null !== $context->seen && null === $known ) {
			$this->saves->put( $this->describe( $context, $base, array_intersect_key( $content, $base ), $last ) );
		}
	}

	/**
	 * @param mixed $post_id Id.
	 */
	public function saved( $post_id ): void {
		if ( isset( $this->running[ (int) $post_id ] ) ) {
			$this->finish( (int) $post_id );
		}
	}

	/**
	 * If another plugin ended the request in the middle of the save, or WordPress refused it.
	 */
	public function finish_all(): void {
		foreach ( array_keys( $this->running ) as $post_id ) {
			$this->finish( $post_id );
		}
	}

	/**
	 * @param mixed $post_id Id.
	 */
	public function deleted( $post_id ): void {
		if ( $this->tables->exist() && null !== $this->saves->get( (int) $post_id ) ) {
			$this->saves->drop( (int) $post_id );
		}
	}

	private function finish( int $id ): void {
		list( $context, $base, $content, $known, $last ) = $this->running[ $id ];
		unset( $this->running[ $id ] );

		$saved = Fields::of( $this->documents->fresh( $id ) );
		$ours  = [] === $saved ? [] : array_intersect_key( Fields::changed( $content, $saved ), $base );
		if ( null !== $known && $known->write_id >= $last ) {
			// Of these IGNY8 was told already, and a person may have chosen since.
			$ours = array_diff_key( $ours, $known->ours );
		}
		$is_stale = [] !== $ours && ( null !== $context->seen || Ancestry::is_older( $base, $content, $saved ) );
		if ( $is_stale ) {
			$this->keep_revision( $id, $ours, $content );
			$this->saves->put( $this->joined( $this->describe( $context, $base, $ours, $last ), $known ) );
		} elseif ( null === $known && null !== $context->seen ) {
			$this->saves->drop( $id );
		}
	}

	private function describe( Save_Context $context, array $base, array $ours, int $last ): Stale_Save {
		$save             = new Stale_Save();
		$save->post_id    = $context->post_id;
		$save->write_id   = $last;
		$save->is_certain = null !== $context->seen;
		$save->is_kept    = $context->keep >= $last;
		$save->user_id    = get_current_user_id();
		$save->saved_at   = time();
		$save->base       = null === $context->seen ? array_intersect_key( $base, $ours ) : $base;
		$save->ours       = $ours;
		return $save;
	}

	/**
	 * With what IGNY8 may not have fetched yet of the save before.
	 */
	private function joined( Stale_Save $save, ?Stale_Save $known ): Stale_Save {
		if ( null !== $known ) {
			$save->base       = $known->base + $save->base;
			$save->ours       = $known->ours + $save->ours;
			$save->is_certain = $known->is_certain && $save->is_certain;
		}
		return $save;
	}

	/**
	 * IGNY8's text as a revision, where the site keeps none of its own.
	 *
	 * @param array $ours    What was replaced.
	 * @param array $content All of IGNY8's version.
	 */
	private function keep_revision( int $id, array $ours, array $content ): void {
		if ( [] === array_intersect_key( $ours, array_flip( Fields::TEXTS ) ) ) {
			return;
		}
		try {
			// Byte for byte, whatever HTML the person who saves may write.
			$this->acting_user->run(
				static function () use ( $id, $content ): void {
					Kept_Text::keep( $id, $content, true );
				}
			);
		} catch ( Command_Failure $unusable ) {
			// Nobody writes for IGNY8 now. The text itself is in the table in any case.
			Kept_Text::keep( $id, $content, true );
		}
	}
}
