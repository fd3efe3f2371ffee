<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Doctor\Finding;
use Igny8\Bridge\Doctor\Layers;
use Igny8\Bridge\Doctor\Report;

/**
 * The Diagnose button and the last report: which layer has a problem, the evidence, and what to do.
 */
final class Doctor_Panel {

	private Doctor_Reports $reports;

	public function __construct( Doctor_Reports $reports ) {
		$this->reports = $reports;
	}

	public function render(): void {
		printf(
			'<section class="igny8-doctor" aria-labelledby="igny8-doctor"><h2 id="igny8-doctor">%1$s</h2><p>%2$s</p>',
			esc_html__( 'Diagnosis', 'igny8-wordpress-bridge' ),
			esc_html__( 'Checks everything between this site and IGNY8, first from this site and then from IGNY8, and shows what is wrong. It changes nothing and takes up to a minute.', 'igny8-wordpress-bridge' )
		);
		Form::open( Actions::DIAGNOSE, 'igny8-inline' );
		Form::button( __( 'Diagnose', 'igny8-wordpress-bridge' ) );
		printf( '<span class="igny8-busy" role="status" aria-live="polite" data-igny8-busy="%s"></span>', esc_attr__( 'Checking…', 'igny8-wordpress-bridge' ) );
		Form::close();

		$report = $this->reports->last();
		if ( null !== $report ) {
			$this->render_report( $report );
		}
		echo '</section>';
	}

	private function render_report( array $report ): void {
		$outside_view = $report['outside'];
		printf(
			'<p class="igny8-status" role="status" data-igny8-verdict="%1$s"><span class="igny8-dot igny8-dot-%2$s" aria-hidden="true"></span><strong>%3$s</strong> %4$s</p>',
			esc_attr( $report['verdict'] ),
			esc_attr( $this->tone( $report['verdict'] ) ),
			esc_html( $this->verdict( $report['verdict'] ) ),
			esc_html( Status_Panel::when( (int) strtotime( $report['at'] ) ) )
		);
		$this->render_findings( __( 'Checked from this site', 'igny8-wordpress-bridge' ), $report['here'] );
		if ( $outside_view['asked'] || [] !== $outside_view['findings'] ) {
			$this->render_findings( __( 'Checked by IGNY8 from outside', 'igny8-wordpress-bridge' ), $outside_view['findings'] );
		} else {
			printf( '<h3>%1$s</h3><p>%2$s</p>', esc_html__( 'Checked by IGNY8 from outside', 'igny8-wordpress-bridge' ), esc_html( (string) $outside_view['reason'] ) );
		}
		if ( null !== $outside_view['request_id'] ) {
			/* translators: %s: id that IGNY8 gave the request. */
			printf( '<p>%s</p>', esc_html( sprintf( __( 'Reference: %s', 'igny8-wordpress-bridge' ), $outside_view['request_id'] ) ) );
		}
	}

	/**
	 * @param array[] $findings From Finding::to_array(), the worst first.
	 */
	private function render_findings( string $heading, array $findings ): void {
		printf( '<h3>%s</h3>', esc_html( $heading ) );
		$quiet = array_filter(
			$findings,
			static function ( array $finding ): bool {
				return Finding::OK === $finding['severity'];
			}
		);
		foreach ( array_diff_key( $findings, $quiet ) as $finding ) {
			$this->render_finding( $finding );
		}
		if ( [] === $quiet ) {
			return;
		}
		printf(
			'<details class="igny8-details"><summary>%s</summary>',
			/* translators: %s: number of checks. */
			esc_html( sprintf( __( 'Passed (%s)', 'igny8-wordpress-bridge' ), number_format_i18n( count( $quiet ) ) ) )
		);
		foreach ( $quiet as $finding ) {
			$this->render_finding( $finding );
		}
		echo '</details>';
	}

	private function render_finding( array $finding ): void {
		printf(
			'<div class="igny8-finding igny8-finding-%1$s" data-igny8-finding="%2$s" data-igny8-layer="%3$s"><p><strong>%4$s</strong> — %5$s: %6$s</p>',
			esc_attr( $finding['severity'] ),
			esc_attr( $finding['code'] ),
			esc_attr( $finding['layer'] ),
			esc_html( $this->severity( $finding['severity'] ) ),
			esc_html( Layers::label( $finding['layer'] ) ),
			esc_html( $finding['title'] )
		);
		printf( '<p>%s</p>', esc_html( $finding['detail'] ) );
		if ( null !== $finding['fix'] ) {
			printf( '<p><strong>%1$s</strong> %2$s</p>', esc_html__( 'What to do:', 'igny8-wordpress-bridge' ), esc_html( $finding['fix'] ) );
		}
		if ( [] !== $finding['evidence'] ) {
			printf( '<details><summary>%s</summary><ul>', esc_html__( 'Evidence', 'igny8-wordpress-bridge' ) );
			foreach ( $finding['evidence'] as $line ) {
				printf( '<li><code>%s</code></li>', esc_html( $line ) );
			}
			echo '</ul></details>';
		}
		echo '</div>';
	}

	private function verdict( string $verdict ): string {
		$texts = [
			Report::HEALTHY  => __( 'No problems found.', 'igny8-wordpress-bridge' ),
			Report::DEGRADED => __( 'The connection works, but there are warnings.', 'igny8-wordpress-bridge' ),
			Report::BROKEN   => __( 'There are problems.', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $verdict ] ?? $verdict;
	}

	private function tone( string $verdict ): string {
		$tones = [
			Report::HEALTHY  => 'good',
			Report::DEGRADED => 'busy',
		];
		return $tones[ $verdict ] ?? 'bad';
	}

	private function severity( string $severity ): string {
		$texts = [
			Finding::OK      => __( 'Passed', 'igny8-wordpress-bridge' ),
			Finding::INFO    => __( 'Note', 'igny8-wordpress-bridge' ),
			Finding::WARNING => __( 'Warning', 'igny8-wordpress-bridge' ),
			Finding::ERROR   => __( 'Problem', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $severity ] ?? $severity;
	}
}
