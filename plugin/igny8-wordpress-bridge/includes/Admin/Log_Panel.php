<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Log;

/**
 * The log, collapsed.
 */
final class Log_Panel {

	private Log $log;

	public function __construct( Log $log ) {
		$this->log = $log;
	}

	public function render(): void {
		$entries = $this->log->entries();
		printf(
			'<details class="igny8-details"><summary>%s</summary>',
			/* translators: %s: number of entries. */
			esc_html( sprintf( __( 'Log (%s)', 'igny8-wordpress-bridge' ), number_format_i18n( count( $entries ) ) ) )
		);
		if ( [] === $entries ) {
			printf( '<p>%s</p></details>', esc_html__( 'Nothing has happened yet.', 'igny8-wordpress-bridge' ) );
			return;
		}

		printf(
			'<table class="widefat striped igny8-log"><thead><tr><th scope="col">%1$s</th><th scope="col">%2$s</th><th scope="col">%3$s</th></tr></thead><tbody>',
			esc_html__( 'Time', 'igny8-wordpress-bridge' ),
			esc_html__( 'Level', 'igny8-wordpress-bridge' ),
			esc_html__( 'What happened', 'igny8-wordpress-bridge' )
		);
		foreach ( $entries as $entry ) {
			printf(
				'<tr><td>%1$s</td><td>%2$s</td><td>%3$s <code>%4$s</code>%5$s</td></tr>',
				esc_html( (string) wp_date( 'Y-m-d H:i:s', (int) $entry['at'] ) ),
				esc_html( $this->level( (string) $entry['level'] ) ),
				esc_html( (string) $entry['message'] ),
				esc_html( (string) $entry['code'] ),
				esc_html( $this->reference( $entry ) )
			);
		}
		echo '</tbody></table></details>';
	}

	/**
	 * Ids that find the same event in IGNY8's log: IGNY8's own first, then the plugin's id of its request.
	 */
	private function reference( array $entry ): string {
		$ids = array_filter( array_map( 'strval', array_intersect_key( $entry, array_flip( [ 'request_id', 'run_id', 'sent_id' ] ) ) ) );
		/* translators: %s: ids of requests, by which they are found in a log. */
		return [] === $ids ? '' : ' ' . sprintf( __( '(reference: %s)', 'igny8-wordpress-bridge' ), implode( ', ', $ids ) );
	}

	private function level( string $level ): string {
		$levels = [
			'info'    => __( 'Info', 'igny8-wordpress-bridge' ),
			'warning' => __( 'Warning', 'igny8-wordpress-bridge' ),
			'error'   => __( 'Error', 'igny8-wordpress-bridge' ),
		];
		return $levels[ $level ] ?? $level;
	}
}
