<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Loopback\Loopback;
use Igny8\Bridge\Support\Response_Finisher;
use WP_Http;

/**
 * Checks in which way changes are sent as soon as they are saved: after the page, by a request of this site to itself,
 * or while the person who saves waits.
 */
final class Loopback_Check implements Check {

	private Loopback $loopback;

	private bool $can_finish;

	private string $sapi;

	/**
	 * @param bool|null $can_finish Whether PHP can end a response early; by default what this PHP can.
	 */
	public function __construct( Loopback $loopback, ?bool $can_finish = null, string $sapi = PHP_SAPI ) {
		$this->loopback   = $loopback;
		$this->can_finish = $can_finish ?? Response_Finisher::is_possible();
		$this->sapi       = $sapi;
	}

	public function run(): array {
		if ( $this->can_finish ) {
			return [ Finding::ok( 'outbox', 'sent_after_the_page', __( 'Changes are sent as soon as they are saved', 'igny8-wordpress-bridge' ), __( 'PHP delivers the page first and sends changes afterwards.', 'igny8-wordpress-bridge' ), [ 'PHP: ' . $this->sapi ] ) ];
		}

		$url      = Loopback::url();
		$outcome  = $this->loopback->call();
		$evidence = [ 'PHP: ' . $this->sapi, "POST $url → {$outcome['seen']}", $outcome['took_ms'] . ' ms' ];
		if ( $outcome['arrived'] && $outcome['in_time'] ) {
			return [ Finding::ok( 'outbox', 'sent_by_loopback', __( 'Changes are sent as soon as they are saved', 'igny8-wordpress-bridge' ), __( 'This site calls itself and sends changes in that request.', 'igny8-wordpress-bridge' ), $evidence ) ];
		}
		return [
			new Finding(
				Finding::INFO,
				'outbox',
				'loopback_failed',
				__( 'This site cannot call itself', 'igny8-wordpress-bridge' ),
				$this->detail(),
				$this->fix( $url, $outcome ),
				array_merge( $evidence, $this->constants() )
			),
		];
	}

	/**
	 * The command line does not know how the web server runs PHP.
	 */
	private function detail(): string {
		return 'cli' === $this->sapi
			? __( 'Unless the web server runs PHP-FPM or LiteSpeed, whoever saves a post waits until the change was sent, two seconds at most.', 'igny8-wordpress-bridge' )
			: __( 'Whoever saves a post waits until the change was sent, two seconds at most. The plugin tries from time to time whether the site can call itself.', 'igny8-wordpress-bridge' );
	}

	/**
	 * @param array{arrived: bool, in_time: bool, seen: string, status: int, took_ms: int} $outcome
	 */
	private function fix( string $url, array $outcome ): string {
		if ( ( new WP_Http() )->block_request( $url ) ) {
			return __( 'WP_HTTP_BLOCK_EXTERNAL is set, and the filter block_local_requests includes this site. Remove that filter.', 'igny8-wordpress-bridge' );
		}
		if ( 401 === $outcome['status'] ) {
			/* translators: %s: address. */
			return sprintf( __( 'Let the web server ask for no password at %s. Requests without a token of this plugin do nothing there.', 'igny8-wordpress-bridge' ), $url );
		}
		if ( $outcome['arrived'] ) {
			return __( 'The request arrived, but its answer took longer than a second. Ask your host for PHP-FPM.', 'igny8-wordpress-bridge' );
		}
		/* translators: %s: address. */
		return sprintf( __( 'Ask your host to let the server call %s.', 'igny8-wordpress-bridge' ), $url );
	}

	/**
	 * @return string[]
	 */
	private function constants(): array {
		return defined( 'WP_HTTP_BLOCK_EXTERNAL' ) && constant( 'WP_HTTP_BLOCK_EXTERNAL' ) ? [ 'WP_HTTP_BLOCK_EXTERNAL: true' ] : [];
	}
}
