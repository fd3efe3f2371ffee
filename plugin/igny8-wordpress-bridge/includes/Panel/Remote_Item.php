<?php

declare(strict_types=1);

namespace Igny8\Bridge\Panel;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Item_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;

/**
 * What IGNY8 says about the item of a post: two short questions, remembered for a moment. After a failure nobody asks
 * for a while, so that an API that doesn't answer delays one request and not every one.
 */
final class Remote_Item {

	private const FRESH_S = 10;

	private const PAUSE_S = 30;

	private const PAUSE = 'igny8_item_pause';

	private const MOST_EVENTS = 5;

	private Item_Api $api;

	private Connection $connection;

	private Key_Store $keys;

	public function __construct( Item_Api $api, Connection $connection, Key_Store $keys ) {
		$this->api        = $api;
		$this->connection = $connection;
		$this->keys       = $keys;
	}

	/**
	 * @return array{item: array|null, events: array, at: int} `item` is null if IGNY8 has none; `at` in Unix seconds.
	 * @throws Failure If IGNY8 can't be asked.
	 */
	public function of( int $post_id ): array {
		$known = get_transient( $this->name( $post_id ) );
		if ( is_array( $known ) ) {
			return $known;
		}
		if ( false !== get_transient( self::PAUSE ) ) {
			Failure::raise( 'api_unreachable', __( 'IGNY8 could not be reached a moment ago.', 'igny8-wordpress-bridge' ), '', [ 'retryable' => true ] );
		}
		try {
			$answer = $this->ask( $post_id );
		} catch ( Failure $failure ) {
			set_transient( self::PAUSE, 1, self::PAUSE_S );
			throw $failure;
		}
		set_transient( $this->name( $post_id ), $answer, self::FRESH_S );
		return $answer;
	}

	/**
	 * The next question is asked, whenever the last one was.
	 */
	public function forget( int $post_id ): void {
		delete_transient( $this->name( $post_id ) );
		delete_transient( self::PAUSE );
	}

	private function ask( int $post_id ): array {
		$key  = $this->keys->api_key();
		$item = $this->api->of_post( $this->connection->site_id(), $key, $post_id );
		$id   = null === $item ? '' : (string) ( $item['id'] ?? '' );
		return [
			'item'   => $item,
			'events' => '' === $id ? [] : $this->api->events( $this->connection->integration_id(), $key, $id, self::MOST_EVENTS ),
			'at'     => time(),
		];
	}

	/**
	 * Another integration has other items.
	 */
	private function name( int $post_id ): string {
		return 'igny8_item_' . substr( md5( $this->connection->integration_id() ), 0, 8 ) . '_' . $post_id;
	}
}
