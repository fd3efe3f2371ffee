<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

/**
 * Findings of the local checks and of IGNY8. Holds no secret.
 */
final class Report {

	public const HEALTHY = 'healthy';

	public const DEGRADED = 'degraded';

	public const BROKEN = 'broken';

	/** @var Finding[] */
	private array $here;

	private Outside_View $outside_view;

	private int $at;

	/**
	 * @param Finding[]    $here         Local findings.
	 * @param Outside_View $outside_view Findings of IGNY8.
	 * @param int          $at           Unix seconds.
	 */
	public function __construct( array $here, Outside_View $outside_view, int $at ) {
		$this->here         = self::sort( $here );
		$this->outside_view = $outside_view;
		$this->at           = $at;
	}

	/**
	 * One of the constants: broken if a finding is an error, degraded if one is a warning.
	 */
	public function verdict(): string {
		$severities = array_map(
			static function ( Finding $finding ): string {
				return $finding->severity();
			},
			array_merge( $this->here, $this->outside_view->findings() )
		);
		if ( in_array( Finding::ERROR, $severities, true ) ) {
			return self::BROKEN;
		}
		return in_array( Finding::WARNING, $severities, true ) ? self::DEGRADED : self::HEALTHY;
	}

	/**
	 * @return array{verdict: string, at: string, here: array[], outside: array}
	 */
	public function to_array(): array {
		return [
			'verdict' => $this->verdict(),
			'at'      => gmdate( 'Y-m-d\TH:i:s\Z', $this->at ),
			'here'    => self::arrays( $this->here ),
			'outside' => [ 'findings' => self::arrays( self::sort( $this->outside_view->findings() ) ) ] + $this->outside_view->to_array(),
		];
	}

	/**
	 * @param Finding[] $findings
	 * @return array[]
	 */
	private static function arrays( array $findings ): array {
		return array_map(
			static function ( Finding $finding ): array {
				return $finding->to_array();
			},
			$findings
		);
	}

	/**
	 * @param Finding[] $findings
	 * @return Finding[] The worst first, otherwise in order.
	 */
	private static function sort( array $findings ): array {
		$sorted = [];
		foreach ( Finding::SEVERITIES as $severity ) {
			foreach ( $findings as $finding ) {
				if ( $finding->severity() === $severity ) {
					$sorted[] = $finding;
				}
			}
		}
		return $sorted;
	}
}
