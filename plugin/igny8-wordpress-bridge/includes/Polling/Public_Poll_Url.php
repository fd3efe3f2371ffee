<?php

declare(strict_types=1);

namespace Igny8\Bridge\Polling;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Cron\Overdue;
use Igny8\Bridge\Support\Response_Finisher;

/**
 * Public URL that makes this site poll, for an external cron on sites without cron and visitors. Its token allows
 * nothing else, and the answer is empty.
 */
final class Public_Poll_Url {

	public const PARAMETER = 'igny8_poll';

	/** Another call within this time does nothing. */
	private const PAUSE_S = 20;

	private const OPTION = 'igny8_public_poll_at';

	private Connection $connection;

	private Poller $poller;

	private Overdue $overdue;

	public function __construct( Connection $connection, Poller $poller, Overdue $overdue ) {
		$this->connection = $connection;
		$this->poller     = $poller;
		$this->overdue    = $overdue;
	}

	public function hook(): void {
		add_action( 'wp_loaded', [ $this, 'handle' ] );
		add_action( 'rest_api_init', [ $this, 'register' ] );
	}

	public function register(): void {
		register_rest_route(
			'igny8/v1',
			'/poll',
			[
				'methods'             => [ 'GET', 'POST' ],
				'callback'            => [ $this, 'answer' ],
				'permission_callback' => [ $this, 'authorize' ],
			]
		);
	}

	/**
	 * @param \WP_REST_Request $request With parameter `token`.
	 */
	public function authorize( $request ): bool {
		return $this->is_token( (string) $request->get_param( 'token' ) );
	}

	public function answer(): \WP_REST_Response {
		add_action( 'shutdown', [ $this, 'work' ], 200 );
		return new \WP_REST_Response( null, 204, wp_get_nocache_headers() );
	}

	/**
	 * Handles the URL of the front page, for sites whose REST API is closed. Ends the request.
	 */
	public function handle(): void {
		$token = $_GET[ self::PARAMETER ] ?? null;
		if ( ! is_string( $token ) ) {
			return;
		}

		if ( ! defined( 'DONOTCACHEPAGE' ) ) {
			define( 'DONOTCACHEPAGE', true );
		}
		nocache_headers();
		$is_token = $this->is_token( (string) wp_unslash( $token ) );
		status_header( $is_token ? 204 : 403 );
		if ( $is_token ) {
			$this->work();
		}
		exit;
	}

	/**
	 * Runs overdue events, then polls.
	 */
	public function work(): void {
		$last_at = (int) get_option( self::OPTION, 0 );
		if ( $last_at > time() - self::PAUSE_S && $last_at <= time() ) {
			return;
		}
		update_option( self::OPTION, time(), false );
		ignore_user_abort( true );
		Response_Finisher::finish();
		$this->overdue->run();
		$this->poller->run( 'url', Triggers::budget_ms( Triggers::BACKGROUND_MS ) );
	}

	/**
	 * '' without a connection.
	 */
	public function url(): string {
		$token = $this->token();
		return '' === $token ? '' : add_query_arg( self::PARAMETER, $token, home_url( '/' ) );
	}

	/**
	 * Derived from the site's salts, so it is not stored, and differs for every connection.
	 */
	private function token(): string {
		$id = $this->connection->integration_id();
		return '' === $id ? '' : substr( hash_hmac( 'sha256', 'igny8_poll|' . $id, wp_salt( 'auth' ) ), 0, 40 );
	}

	private function is_token( string $given ): bool {
		$token = $this->token();
		return '' !== $token && hash_equals( $token, $given );
	}
}
