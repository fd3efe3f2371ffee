<?php

declare(strict_types=1);

namespace Igny8\Bridge\Panel;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Fields;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Content\Write\Write_Log;

/**
 * What this site itself knows of a post and IGNY8: what it wrote, and what waits to be sent.
 */
final class Local_Facts {

	private const MOST_WRITES = 5;

	private Tables $tables;

	public function __construct( Tables $tables ) {
		$this->tables = $tables;
	}

	/**
	 * Of these posts, those with a change that IGNY8 has not accepted yet. One query.
	 *
	 * @param int[] $ids Post ids.
	 * @return array<int, true> As keys.
	 */
	public function waiting( array $ids ): array {
		global $wpdb;

		if ( [] === $ids || ! $this->tables->exist() ) {
			return [];
		}
		$table = Tables::outbox();
		$list  = implode( ',', array_map( 'intval', $ids ) );
		$found = $wpdb->get_col( "SELECT DISTINCT post_id FROM $table WHERE post_id IN ($list)" );
		return array_fill_keys( array_map( 'intval', $found ), true );
	}

	/**
	 * What happened to a post here in the last two weeks, newest first.
	 *
	 * @return array<int, array{at: int, text: string}> Times in Unix seconds.
	 */
	public function history( int $post_id ): array {
		if ( ! $this->tables->exist() ) {
			return [];
		}
		$history = [];
		foreach ( ( new Write_Log() )->recent( $post_id, self::MOST_WRITES ) as $write ) {
			$history[] = [
				'at'   => $write['at'],
				/* translators: %s: names of fields, for example “Title, Text”. */
				'text' => sprintf( __( 'IGNY8 changed: %s.', 'igny8-wordpress-bridge' ), self::named( $write['fields'] ) ),
			];
		}
		$save = ( new Stale_Saves() )->get( $post_id );
		if ( null !== $save ) {
			$history[] = [
				'at'   => $save->saved_at,
				/* translators: %s: name of a person. */
				'text' => sprintf( __( '%s saved from an editor that did not have IGNY8’s version.', 'igny8-wordpress-bridge' ), $save->author() ),
			];
		}
		return $history;
	}

	/**
	 * @param string[] $fields Names as in documents or as the API has them.
	 */
	public static function named( array $fields ): string {
		$labels = [
			'author'  => __( 'Author', 'igny8-wordpress-bridge' ),
			'deleted' => __( 'deleted on one side', 'igny8-wordpress-bridge' ),
		];
		$names  = array_map(
			static function ( string $name ) use ( $labels ): string {
				return $labels[ $name ] ?? Fields::label( $name );
			},
			array_map( 'strval', $fields )
		);
		return implode( ', ', array_unique( $names ) );
	}
}
