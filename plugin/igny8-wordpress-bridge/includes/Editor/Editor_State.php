<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Fields;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Stale_Save;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Content\Write\Write_Log;

/**
 * What an open editor has to say about a post, if anything.
 */
final class Editor_State {

	/** IGNY8 wrote after the editor was opened. */
	public const NEWER = 'newer';

	/** The post was saved without IGNY8's version, and nobody has chosen yet. */
	public const CONFLICT = 'conflict';

	private Tables $tables;

	private Write_Log $writes;

	private Stale_Saves $saves;

	public function __construct( Tables $tables, Write_Log $writes, Stale_Saves $saves ) {
		$this->tables = $tables;
		$this->writes = $writes;
		$this->saves  = $saves;
	}

	/**
	 * @return array{kind: string, write: int, message: string, base: array, ours: array}|null `base`: values that the editor was opened with; `ours`: IGNY8's, empty for those of the post itself.
	 */
	public function of( int $post_id, int $seen ): ?array {
		if ( ! $this->tables->exist() || ( new Left_Alone() )->has( $post_id ) ) {
			return null;
		}
		$writes = $this->writes->since( $post_id, $seen );
		$last   = (int) array_key_last( $writes );
		$save   = $this->saves->get( $post_id );
		if ( null !== $save && $save->write_id >= $last ) {
			return $save->is_kept || [] === $save->ours || $this->saves->is_over( $post_id ) ? null : $this->conflict( $save );
		}
		return [] === $writes ? null : $this->newer( $last, $writes );
	}

	private function conflict( Stale_Save $save ): array {
		$when = self::time( $save->saved_at );
		/* translators: 1: date and time, 2: name of a person. */
		$who = get_current_user_id() === $save->user_id ? sprintf( __( 'You saved this post (%1$s) from an editor that did not have IGNY8’s version.', 'igny8-wordpress-bridge' ), $when ) : sprintf( __( '%2$s saved this post (%1$s) from an editor that did not have IGNY8’s version.', 'igny8-wordpress-bridge' ), $when, $save->author() );
		return [
			'kind'    => self::CONFLICT,
			'write'   => $save->write_id,
			'message' => $who . ' ' . __( 'Both texts are kept. The site shows the saved one until somebody chooses.', 'igny8-wordpress-bridge' ) . ' ' . self::named( $save->ours ),
			'base'    => $save->base,
			'ours'    => $save->ours,
		];
	}

	/**
	 * @param array $writes From Write_Log::since().
	 */
	private function newer( int $last, array $writes ): array {
		$base = array_merge( ...array_reverse( array_column( $writes, 'fields' ) ) );
		/* translators: %s: date and time. */
		$message = sprintf( __( 'IGNY8 has a newer version of this post (%s) than this editor.', 'igny8-wordpress-bridge' ), self::time( $writes[ $last ]['at'] ) );
		return [
			'kind'    => self::NEWER,
			'write'   => $last,
			'message' => $message . ' ' . __( 'If you save now, both texts are kept until somebody chooses.', 'igny8-wordpress-bridge' ) . ' ' . self::named( $base ),
			'base'    => $base,
			'ours'    => [],
		];
	}

	private static function named( array $fields ): string {
		$labels = array_map( [ Fields::class, 'label' ], array_map( 'strval', array_keys( $fields ) ) );
		/* translators: %s: names of fields, for example “Title, Text”. */
		return sprintf( __( 'IGNY8 changed: %s.', 'igny8-wordpress-bridge' ), implode( ', ', $labels ) );
	}

	private static function time( int $time ): string {
		return (string) wp_date( get_option( 'date_format' ) . ', ' . get_option( 'time_format' ), $time );
	}
}
