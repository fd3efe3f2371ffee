<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

use Igny8\Bridge\Polling\State;
use Igny8\Bridge\Polling\Public_Poll_Url;

/**
 * How work from IGNY8 reaches this site, and with which delay, in words.
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
			return [ __( 'Work from IGNY8', 'igny8-wordpress-bridge' ) => __( 'arrives at once: IGNY8 calls this site', 'igny8-wordpress-bridge' ) ];
		}

		$error = $this->state->last_error();
		$facts = [
			__( 'Work from IGNY8', 'igny8-wordpress-bridge' ) => __( 'is fetched by this site, since IGNY8 cannot call it from outside (polling)', 'igny8-wordpress-bridge' ),
			__( 'Last polling', 'igny8-wordpress-bridge' )   => Status_Panel::when( $this->state->last_at() ),
			__( 'Expected delay', 'igny8-wordpress-bridge' )  => $this->delay(),
		];
		if ( null !== $error ) {
			$facts[ __( 'Last failed polling', 'igny8-wordpress-bridge' ) ] = Status_Panel::when( $error['at'] ) . ': ' . $error['detail'];
		}
		$facts[ __( 'Address for an external cron', 'igny8-wordpress-bridge' ) ] = $this->public_poll_url->url();
		return $facts;
	}

	/**
	 * What was seen, not what was planned: nobody may have visited for hours.
	 */
	private function delay(): string {
		$since = 0 === $this->state->last_at() ? 0 : time() - $this->state->last_at();
		$seen  = max( $this->state->seen_s(), $since );
		if ( $seen < 1 ) {
			return __( 'not known yet', 'igny8-wordpress-bridge' );
		}
		/* translators: %s: time span, for example "5 minutes". */
		return sprintf( __( 'up to %s, the time between this site’s calls; less if an external cron calls the address below every minute', 'igny8-wordpress-bridge' ), human_time_diff( time() - $seen ) );
	}
}
