<?php

declare(strict_types=1);

namespace Igny8\Bridge\Panel;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Tables;

/**
 * Ends wp-admin's notice of a save from an old editor once its conflict was resolved in IGNY8. Only IGNY8 knows of that,
 * and only if it names the very save: it may not have fetched a newer one yet.
 */
final class Stale_Save_End {

	private const MOST = 50;

	private Tables $tables;

	private Stale_Saves $saves;

	public function __construct( Tables $tables, Stale_Saves $saves ) {
		$this->tables = $tables;
		$this->saves  = $saves;
	}

	/**
	 * @return int[] Posts with a notice, some of them if there are many.
	 */
	public function open(): array {
		return $this->tables->exist() ? $this->saves->open( self::MOST ) : [];
	}

	/**
	 * @param array|null $item As the API lists it.
	 */
	public function notice( int $post_id, ?array $item ): void {
		$seen = (string) ( $item['stale_save'] ?? '' );
		if ( '' === $seen || 'conflict' === ( $item['state'] ?? '' ) || ! $this->tables->exist() ) {
			return;
		}
		$save = $this->saves->get( $post_id );
		if ( null !== $save && $save->id === $seen && ! $this->saves->is_over( $post_id ) ) {
			$this->saves->end( $post_id );
		}
	}
}
