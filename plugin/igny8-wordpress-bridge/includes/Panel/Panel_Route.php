<?php

declare(strict_types=1);

namespace Igny8\Bridge\Panel;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Fields;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Support\Failure;
use WP_Error;
use WP_Post;
use WP_REST_Request;
use WP_REST_Response;
use WP_REST_Server;

/**
 * The panel's own REST routes: how one post stands, and what can be done about it. WordPress checks the nonce; without
 * one nobody is signed in.
 */
final class Panel_Route {

	public const SPACE = 'igny8/v1';

	public const POSTS = '/posts/';

	private const ACTIONS = [ 'sync', 'resolve', 'leave-alone', 'sync-again' ];

	private Post_View $view;

	private Post_Actions $actions;

	private Types $types;

	public function __construct( Post_View $view, Post_Actions $actions, Types $types ) {
		$this->view    = $view;
		$this->actions = $actions;
		$this->types   = $types;
	}

	public function hook(): void {
		add_action( 'rest_api_init', [ $this, 'register' ] );
	}

	public function register(): void {
		$path = self::POSTS . '(?P<id>[1-9]\d{0,15})';
		register_rest_route(
			self::SPACE,
			$path,
			[
				'methods'             => WP_REST_Server::READABLE,
				'callback'            => [ $this, 'show' ],
				'permission_callback' => [ $this, 'may_edit' ],
			]
		);
		register_rest_route(
			self::SPACE,
			$path . '/(?P<action>' . implode( '|', self::ACTIONS ) . ')',
			[
				'methods'             => WP_REST_Server::CREATABLE,
				'callback'            => [ $this, 'act' ],
				'permission_callback' => [ $this, 'may_edit' ],
				'args'                => [
					'choice'   => [
						'type' => 'string',
						'enum' => [ 'wordpress', 'igny8' ],
					],
					'revision' => [
						'type'    => 'integer',
						'minimum' => 0,
					],
				],
			]
		);
	}

	/**
	 * @return bool|WP_Error
	 */
	public function may_edit( WP_REST_Request $request ) {
		if ( null !== $this->post( $request ) && current_user_can( 'edit_post', (int) $request['id'] ) ) {
			return true;
		}
		return new WP_Error( 'igny8_not_allowed', __( 'You are not allowed to do this.', 'igny8-wordpress-bridge' ), [ 'status' => rest_authorization_required_code() ] );
	}

	public function show( WP_REST_Request $request ): WP_REST_Response {
		$post = $this->post( $request );
		return $this->answer( null === $post ? [] : $this->view->of( $post ) );
	}

	/**
	 * @return WP_REST_Response|WP_Error
	 */
	public function act( WP_REST_Request $request ) {
		$post = $this->post( $request );
		if ( null === $post ) {
			return new WP_Error( 'igny8_no_post', __( 'The post can no longer be read.', 'igny8-wordpress-bridge' ), [ 'status' => 404 ] );
		}
		try {
			$has_changed = $this->perform( (string) $request['action'], $post, $request );
		} catch ( Failure $failure ) {
			$status = in_array( $failure->status(), [ 400, 403, 404, 409, 422 ], true ) ? $failure->status() : 502;
			return new WP_Error( 'igny8_' . $failure->reason(), $failure->advice(), [ 'status' => $status ] );
		}
		return $this->answer( $this->view->of( $post ) + [ 'has_changed' => $has_changed ] );
	}

	/**
	 * @return bool Whether the post has another text now.
	 * @throws Failure If IGNY8 refuses, or can't be asked.
	 */
	private function perform( string $action, WP_Post $post, WP_REST_Request $request ): bool {
		switch ( $action ) {
			case 'leave-alone':
				$this->actions->leave_alone( $post );
				return false;
			case 'sync-again':
				$this->actions->sync_again( $post );
				return false;
			case 'resolve':
				return $this->actions->resolve( $post, 'igny8' === $request['choice'] ? 'igny8' : 'wordpress', (int) $request['revision'], self::typed( $request ) );
			default:
				$this->actions->sync( $post );
				return false;
		}
	}

	private function post( WP_REST_Request $request ): ?WP_Post {
		$post = get_post( (int) $request['id'] );
		return $post instanceof WP_Post && $this->types->is_public( $post->post_type ) ? $post : null;
	}

	/**
	 * @return array<string, string> Texts in the editor that it sent.
	 */
	private static function typed( WP_REST_Request $request ): array {
		$texts = $request['texts'];
		return is_array( $texts ) ? array_filter( array_intersect_key( $texts, array_flip( Fields::TEXTS ) ), 'is_string' ) : [];
	}

	private function answer( array $view ): WP_REST_Response {
		$response = new WP_REST_Response( $view );
		$response->header( 'Cache-Control', 'no-store' );
		return $response;
	}
}
