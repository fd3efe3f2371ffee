<?php

declare(strict_types=1);

namespace Igny8\Bridge\Lists;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Item_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Panel\Stale_Save_End;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;

/**
 * Asks IGNY8 which posts need somebody, and marks them; the marks of others go. Two questions, once in a while.
 */
final class Attention_Check {

	private const ASKED = 'igny8_attention_asked';

	private const PAUSE_S = 60;

	/** Marks of posts beyond this stay until their list is looked at. */
	private const MOST_OLD = 500;

	private Item_Api $api;

	private Connection $connection;

	private Key_Store $keys;

	private Attention $attention;

	private Stale_Save_End $stale_saves;

	public function __construct( Item_Api $api, Connection $connection, Key_Store $keys, Attention $attention, Stale_Save_End $stale_saves ) {
		$this->api         = $api;
		$this->connection  = $connection;
		$this->keys        = $keys;
		$this->attention   = $attention;
		$this->stale_saves = $stale_saves;
	}

	public function refresh(): void {
		if ( false !== get_transient( self::ASKED ) ) {
			return;
		}
		set_transient( self::ASKED, 1, self::PAUSE_S );
		try {
			$found = [];
			foreach ( Attention::STATES as $state ) {
				foreach ( $this->api->in_state( $this->connection->site_id(), $this->keys->api_key(), $state ) as $item ) {
					$found[ (int) ( $item['external_id'] ?? 0 ) ] = $state;
				}
			}
			$this->mark( $found );
			$this->end_stale_saves();
		} catch ( Failure $failure ) {
			// What was known stays.
			unset( $failure );
		}
	}

	/**
	 * @param array<int, string> $found State by post id.
	 */
	private function mark( array $found ): void {
		$before = $this->attention->marked( self::MOST_OLD );
		$ids    = array_unique( array_merge( array_keys( $found ), $before ) );
		update_meta_cache( 'post', $ids );
		foreach ( $ids as $id ) {
			if ( null !== get_post( $id ) ) {
				$this->attention->note( $id, $found[ $id ] ?? '' );
			}
		}
	}

	/**
	 * @throws Failure If the API can't be asked.
	 */
	private function end_stale_saves(): void {
		$open = $this->stale_saves->open();
		foreach ( [] === $open ? [] : $this->api->of_posts( $this->connection->site_id(), $this->keys->api_key(), $open ) as $id => $item ) {
			$this->stale_saves->notice( $id, $item );
		}
	}
}
