<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Doctor\Report;

/**
 * Keeps a user's last diagnosis for the page they are redirected to.
 */
final class Doctor_Reports {

	public const TRANSIENT = 'igny8_doctor_';

	private const TTL_S = HOUR_IN_SECONDS;

	public function keep( Report $report ): void {
		set_transient( $this->name(), $report->to_array(), self::TTL_S );
	}

	/**
	 * From Report::to_array(); null if there is none.
	 */
	public function last(): ?array {
		$report = get_transient( $this->name() );
		return is_array( $report ) ? $report : null;
	}

	private function name(): string {
		return self::TRANSIENT . get_current_user_id();
	}
}
