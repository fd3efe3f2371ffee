<?php

declare(strict_types=1);

namespace Igny8\Bridge\Loopback;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Backoff;
use Igny8\Bridge\Support\Stored_Option;

/**
 * What this site knows of its requests to itself: whether the last one arrived, and when to try again if it didn't.
 */
final class State {

	public const OPTION = 'igny8_loopback';

	private const DEFAULTS = [
		'failures' => 0,
		'retry_at' => 0,
	];

	private Stored_Option $option;

	public function __construct() {
		$this->option = new Stored_Option( self::OPTION, self::DEFAULTS, false );
	}

	/**
	 * Whether the next request may be tried: the last one arrived, there was none yet, or the pause is over.
	 */
	public function is_due(): bool {
		return (int) $this->option->all()['retry_at'] <= time();
	}

	/**
	 * Unix seconds until which none is tried; 0 after one that arrived.
	 */
	public function retry_at(): int {
		return (int) $this->option->all()['retry_at'];
	}

	public function arrived(): void {
		if ( (int) $this->option->all()['failures'] > 0 ) {
			$this->option->clear();
		}
	}

	public function failed(): void {
		$failures = (int) $this->option->all()['failures'] + 1;
		$this->option->replace(
			[
				'failures' => $failures,
				'retry_at' => time() + ( new Backoff() )->delay_s( $failures ),
			]
		);
	}
}
