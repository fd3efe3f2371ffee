<?php

declare(strict_types=1);

namespace Igny8\Bridge\Rest;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Commands\Executor;
use Igny8\Bridge\Commands\Request_Facts;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Support\Origin;
use Igny8\Bridge\Support\Request_Id;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

/**
 * `POST igny8/v1/commands`.
 */
final class Commands_Route {

	public const NAMESPACE = 'igny8/v1';

	public const PATH = '/commands';

	private Gatekeeper $gatekeeper;

	private Executor $executor;

	private Connection $connection;

	private Output $output;

	/** Name of the secret that signed the current request. */
	private string $signed_by = '';

	/** Origin of the current request. */
	private ?Origin $origin = null;

	public function __construct( Gatekeeper $gatekeeper, Executor $executor, Connection $connection, Output $output ) {
		$this->gatekeeper = $gatekeeper;
		$this->executor   = $executor;
		$this->connection = $connection;
		$this->output     = $output;
	}

	public function hook(): void {
		add_action( 'rest_api_init', [ $this, 'register' ] );
		add_filter( 'rest_authentication_errors', [ $this, 'bypass_rest_blocks' ], PHP_INT_MAX );
		add_filter( 'aios_whitelisted_rest_routes', [ $this, 'add_exception' ] );
		add_filter( 'rest_request_before_callbacks', [ $this, 'ignore_invalid_json' ], PHP_INT_MAX, 3 );
		add_filter( 'rest_post_dispatch', [ $this, 'add_request_id' ], PHP_INT_MAX, 3 );
		add_filter( 'rest_pre_serve_request', [ $this, 'serve' ], PHP_INT_MAX, 2 );
	}

	public function register(): void {
		register_rest_route(
			self::NAMESPACE,
			self::PATH,
			[
				'methods'             => 'POST',
				'callback'            => [ $this, 'answer' ],
				'permission_callback' => [ $this, 'authorize' ],
			]
		);
	}

	/**
	 * Plugins that close the REST API to anonymous requests would block IGNY8. This route checks signatures itself.
	 *
	 * @param mixed $result Error of another plugin, true, or null.
	 * @return mixed
	 */
	public function bypass_rest_blocks( $result ) {
		$route = (string) ( $GLOBALS['wp']->query_vars['rest_route'] ?? '' );
		return is_wp_error( $result ) && self::is_ours( $route ) ? true : $result;
	}

	/**
	 * All-In-One Security closes the REST API later and with `wp_die()`, but lets plugins add to its list of exceptions.
	 *
	 * @param mixed $routes Beginnings of routes that stay open.
	 * @return mixed
	 */
	public function add_exception( $routes ) {
		return is_array( $routes ) ? array_merge( $routes, [ self::NAMESPACE ] ) : $routes;
	}

	/**
	 * WordPress would refuse a malformed body before the signature is checked.
	 *
	 * @param mixed $response Null, or WordPress' error.
	 * @param mixed $handler  Handler of the route.
	 * @param mixed $request  The request.
	 * @return mixed
	 */
	public function ignore_invalid_json( $response, $handler, $request ) {
		$is_body_error = is_wp_error( $response ) && 'rest_invalid_json' === $response->get_error_code();
		return $is_body_error && $request instanceof WP_REST_Request && self::is_ours( $request->get_route() ) ? null : $response;
	}

	/**
	 * Fails closed.
	 *
	 * @return true|WP_Error
	 */
	public function authorize( WP_REST_Request $request ) {
		$this->forbid_caching();
		$this->origin = Origin::of_request( $request );
		$signed_by    = $this->gatekeeper->authorize( $request );
		if ( is_wp_error( $signed_by ) ) {
			return $signed_by;
		}
		$this->signed_by = $signed_by;
		return true;
	}

	/**
	 * @return Signed_Response|WP_Error
	 */
	public function answer( WP_REST_Request $request ) {
		$batch = Batch::from_json( (string) $request->get_body() );
		if ( null === $batch ) {
			return new WP_Error( 'igny8_body_invalid', __( 'The body is not a batch of commands.', 'igny8-wordpress-bridge' ), [ 'status' => 400 ] );
		}
		if ( ! $this->is_for_us( $batch ) ) {
			return new WP_Error( 'igny8_other_integration', __( 'This site is connected to another integration.', 'igny8-wordpress-bridge' ), [ 'status' => 409 ] );
		}

		$context = new Context( $batch->time_ms(), $batch->max_bytes(), new Request_Facts( $request ), $this->origin );
		$body    = $this->executor->execute( $batch->commands(), $context );
		$headers = $this->gatekeeper->sign( (string) $request->get_header( 'webhook_id' ), $body );
		return new Signed_Response( $body, $headers + array_filter( wp_get_nocache_headers() ) );
	}

	/**
	 * Adds the request id to every answer of this route, refusals included.
	 *
	 * @param mixed $response The answer.
	 * @param mixed $server   REST server.
	 * @param mixed $request  The request.
	 * @return mixed
	 */
	public function add_request_id( $response, $server, $request ) {
		if ( $response instanceof WP_REST_Response && $request instanceof WP_REST_Request && self::is_ours( $request->get_route() ) ) {
			$origin = $this->origin ?? Origin::of_request( $request );
			$response->header( Request_Id::HEADER, $origin->request_id() );
		}
		return $response;
	}

	/**
	 * Sends the signed bytes; WordPress would encode the data again.
	 *
	 * @param mixed $served   Whether the answer was already sent.
	 * @param mixed $response The answer.
	 * @return mixed
	 */
	public function serve( $served, $response ) {
		if ( $response instanceof Signed_Response ) {
			$this->output->send( $response->body() );
			/**
			 * Fires after an answer to IGNY8 was sent.
			 *
			 * @param string $signed_by Name of the secret that signed the request: current, pending or previous.
			 */
			do_action( 'igny8_commands_answered', $this->signed_by );
			return true;
		}
		return $served;
	}

	private static function is_ours( string $route ): bool {
		return 0 === strcasecmp( '/' . self::NAMESPACE . self::PATH, untrailingslashit( $route ) );
	}

	/**
	 * While a connect request runs, IGNY8 may use an integration id that this site doesn't know yet.
	 */
	private function is_for_us( Batch $batch ): bool {
		$own = $this->connection->integration_id();
		return '' === $own || 'pending' === $this->signed_by || $own === $batch->integration_id();
	}

	private function forbid_caching(): void {
		if ( ! defined( 'DONOTCACHEPAGE' ) ) {
			define( 'DONOTCACHEPAGE', true );
		}
		if ( ! headers_sent() ) {
			nocache_headers();
			header( 'X-LiteSpeed-Cache-Control: no-cache' );
		}
	}
}
