<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Polling\State;
use Igny8\Bridge\Polling\Public_Poll_Url;

/**
 * Describes how commands from IGNY8 reach this site, and with which delay.
 */
final class Transport_Facts {

	private State $state;

	private Public_Poll_Url $public_poll_url;

	public function __construct( State $state, Public_Poll_Url $public_poll_url ) {
		$this->state           = $state;
		$this->public_poll_url = $public_poll_url;
	}

	/**
	 * @return array<string, string> Name => text.
	 */
	public function all(): array {
		if ( ! $this->state->is_polling() ) {
			return [ __( 'Changes from IGNY8', 'igny8-wordpress-bridge' ) => __( 'arrives at once: IGNY8 calls this site directly', 'igny8-wordpress-bridge' ) ];
		}

		$error = $this->state->last_error();
		$facts = [
			__( 'Changes from IGNY8', 'igny8-wordpress-bridge' ) => __( 'is fetched by this site, because IGNY8 cannot call it (polling)', 'igny8-wordpress-bridge' ),
			__( 'Last poll', 'igny8-wordpress-bridge' )   => Status_Panel::when( $this->state->last_at() ),
			__( 'Expected delay', 'igny8-wordpress-bridge' )  => $this->delay(),
		];
		if ( null !== $error ) {
			$facts[ __( 'Last failed poll', 'igny8-wordpress-bridge' ) ] = Status_Panel::when( $error['at'] ) . ': ' . $error['detail'];
		}
		$facts[ __( 'Address for an external cron', 'igny8-wordpress-bridge' ) ] = $this->public_poll_url->url();
		return $facts;
	}

	/**
	 * Uses measured intervals, not planned ones: a site without visitors may not poll for hours.
	 */
	private function delay(): string {
		$since = 0 === $this->state->last_at() ? 0 : time() - $this->state->last_at();
		$seen  = max( $this->state->seen_s(), $since );
		if ( $seen < 1 ) {
			return __( 'not known yet', 'igny8-wordpress-bridge' );
		}
		/* translators: %s: time span, for example "5 minutes". */
		return sprintf( __( 'up to %s, the time between two polls. It is shorter if an external cron calls the address below every minute', 'igny8-wordpress-bridge' ), human_time_diff( time() - $seen ) );
	}
}
