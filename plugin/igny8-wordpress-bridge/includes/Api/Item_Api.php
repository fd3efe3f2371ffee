<?php

declare(strict_types=1);

namespace Igny8\Bridge\Api;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;

/**
 * Calls about single items of this site. Each throws a Failure if the API refuses.
 */
final class Item_Api {

	/** Somebody looks at a page of wp-admin that says more once this is answered. */
	private const GLANCE_TIMEOUT_S = 4;

	/** Long, because the API may call this site before it answers. */
	private const ACTION_TIMEOUT_S = 25;

	private const MOST = 100;

	private Client $client;

	public function __construct( Client $client ) {
		$this->client = $client;
	}

	/**
	 * The item of a post, without its texts; null if IGNY8 has none.
	 *
	 * @throws Failure If the API can't be asked.
	 */
	public function of_post( string $site_id, string $api_key, int $post_id ): ?array {
		$items = $this->listed( $site_id, $api_key, [ 'external_id' => (string) $post_id ], 1 );
		return $items[0] ?? null;
	}

	/**
	 * The items of some posts, without their texts.
	 *
	 * @param int[] $post_ids At most 100.
	 * @return array<int, array> By post id; without posts of which IGNY8 has none.
	 * @throws Failure If the API can't be asked.
	 */
	public function of_posts( string $site_id, string $api_key, array $post_ids ): array {
		$items = [];
		foreach ( $this->listed( $site_id, $api_key, [ 'external_id' => implode( ',', $post_ids ) ], self::MOST ) as $item ) {
			$items[ (int) ( $item['external_id'] ?? 0 ) ] = $item;
		}
		return $items;
	}

	/**
	 * The newest items in a state, without their texts.
	 *
	 * @param string $state conflict, failed, …
	 * @return array<int, array>
	 * @throws Failure If the API can't be asked.
	 */
	public function in_state( string $site_id, string $api_key, string $state ): array {
		return $this->listed( $site_id, $api_key, [ 'state' => $state ], self::MOST );
	}

	/**
	 * The last events of an item, newest first.
	 *
	 * @return array<int, array>
	 * @throws Failure If the API can't be asked.
	 */
	public function events( string $integration_id, string $api_key, string $item_id, int $limit ): array {
		$query  = http_build_query( [ 'item_id' => $item_id, 'limit' => (string) $limit ] );
		$answer = $this->client->get( $this->integration( $integration_id ) . 'events/?' . $query, $api_key, self::GLANCE_TIMEOUT_S );
		$events = array_filter( (array) ( $answer['results'] ?? [] ), 'is_array' );
		return array_values(
			array_filter(
				$events,
				// An API from before this filter answers with all events.
				static function ( array $event ) use ( $item_id ): bool {
					return in_array( $item_id, (array) ( $event['item_ids'] ?? [] ), true );
				}
			)
		);
	}

	/**
	 * Reads the post and sends what changed in IGNY8, now; at a site that polls, with its next poll.
	 *
	 * @return array The item.
	 * @throws Failure `type_denied`, `post_left_alone`, `sync_disabled`, `waiting_for_site` and others.
	 */
	public function sync( string $integration_id, string $api_key, int $post_id ): array {
		return $this->client->post( $this->integration( $integration_id ) . 'sync-wordpress-content/', [ 'content_id' => $post_id ], $api_key, self::ACTION_TIMEOUT_S );
	}

	/**
	 * @param string $choice   wordpress or igny8.
	 * @param int    $revision Of the item as the person saw it.
	 * @return array The item.
	 * @throws Failure `conflict` if it changed since, `no_conflict` and others.
	 */
	public function resolve( string $site_id, string $api_key, string $item_id, string $choice, int $revision ): array {
		$body = [
			'choice'      => $choice,
			'if_revision' => $revision,
		];
		return $this->client->post( $this->content( $site_id ) . rawurlencode( $item_id ) . '/resolve/', $body, $api_key );
	}

	/**
	 * @param array<string, string> $filter Of the list of items.
	 */
	private function listed( string $site_id, string $api_key, array $filter, int $limit ): array {
		$query  = http_build_query( $filter + [ 'limit' => (string) $limit ] );
		$answer = $this->client->get( $this->content( $site_id ) . '?' . $query, $api_key, self::GLANCE_TIMEOUT_S );
		return array_values( array_filter( (array) ( $answer['results'] ?? [] ), 'is_array' ) );
	}

	private function content( string $site_id ): string {
		return '/api/v1/sites/' . rawurlencode( $site_id ) . '/content/';
	}

	private function integration( string $integration_id ): string {
		return Integration_Api::BASE . rawurlencode( $integration_id ) . '/';
	}
}
