<?php

declare(strict_types=1);

namespace Igny8\Bridge\Lists;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Item_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Panel\Item_State;
use Igny8\Bridge\Panel\Local_Facts;
use Igny8\Bridge\Panel\Panel_Route;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;
use WP_REST_Server;

/**
 * How the posts of a list stand with IGNY8, by one question to it for all of them.
 */
final class States_Route {

	public const PATH = '/post-states';

	public const MOST = 100;

	private Item_Api $api;

	private Connection $connection;

	private Status $status;

	private Key_Store $keys;

	private Left_Alone $left_alone;

	private Local_Facts $local;

	private Attention $attention;

	public function __construct( Item_Api $api, Connection $connection, Status $status, Key_Store $keys, Left_Alone $left_alone, Local_Facts $local, Attention $attention ) {
		$this->api        = $api;
		$this->connection = $connection;
		$this->status     = $status;
		$this->keys       = $keys;
		$this->left_alone = $left_alone;
		$this->local      = $local;
		$this->attention  = $attention;
	}

	public function hook(): void {
		add_action( 'rest_api_init', [ $this, 'register' ] );
	}

	public function register(): void {
		register_rest_route(
			Panel_Route::SPACE,
			self::PATH,
			[
				'methods'             => WP_REST_Server::READABLE,
				'callback'            => [ $this, 'show' ],
				'permission_callback' => [ $this, 'may_list' ],
				'args'                => [
					'ids' => [
						'type'     => 'array',
						'items'    => [
							'type'    => 'integer',
							'minimum' => 1,
						],
						'minItems' => 1,
						'maxItems' => self::MOST,
						'required' => true,
					],
				],
			]
		);
	}

	/**
	 * Of a post that somebody may not edit, nothing is said.
	 *
	 * @return bool|WP_Error
	 */
	public function may_list() {
		return current_user_can( 'edit_posts' ) || current_user_can( 'edit_pages' )
			? true
			: new WP_Error( 'igny8_not_allowed', __( 'You are not allowed to do this.', 'igny8-wordpress-bridge' ), [ 'status' => rest_authorization_required_code() ] );
	}

	/**
	 * @return WP_REST_Response|WP_Error
	 */
	public function show( WP_REST_Request $request ) {
		$ids = array_values(
			array_filter(
				array_map( 'intval', (array) $request['ids'] ),
				static function ( int $id ): bool {
					return current_user_can( 'edit_post', $id );
				}
			)
		);
		if ( [] === $ids || ! $this->status->is_usable() ) {
			return new WP_REST_Response( [] );
		}
		try {
			$items = $this->api->of_posts( $this->connection->site_id(), $this->keys->api_key(), $ids );
		} catch ( Failure $failure ) {
			return new WP_Error( 'igny8_' . $failure->reason(), $failure->advice(), [ 'status' => 502 ] );
		}
		$response = new WP_REST_Response( $this->states( $ids, $items ) );
		$response->header( 'Cache-Control', 'no-store' );
		return $response;
	}

	/**
	 * @param int[]             $ids   Post ids.
	 * @param array<int, array> $items By post id.
	 * @return array<int, array{id: int, state: string, label: string, tone: string}>
	 */
	private function states( array $ids, array $items ): array {
		$alone   = $this->left_alone->among( $ids );
		$waiting = $this->local->waiting( $ids );
		$states  = [];
		update_meta_cache( 'post', $ids );
		foreach ( $ids as $id ) {
			$state = isset( $alone[ $id ] ) ? Item_State::LEFT_ALONE : Item_State::of( $items[ $id ] ?? null, isset( $waiting[ $id ] ) );
			$this->attention->note( $id, $state );
			$states[] = [
				'id'    => $id,
				'state' => $state,
				'label' => Item_State::label( $state ),
				'tone'  => Item_State::tone( $state ),
			];
		}
		return $states;
	}
}
