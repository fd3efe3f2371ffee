<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Remote_State;

/**
 * How far the sync under way has come, as a bar that follows it while the page is open.
 */
final class Sync_Progress {

	public const ACTION = 'igny8_sync_progress';

	private const JUST_S = 2 * MINUTE_IN_SECONDS;

	private Remote_State $remote;

	public function __construct( Remote_State $remote ) {
		$this->remote = $remote;
	}

	public function hook(): void {
		add_action( 'wp_ajax_' . self::ACTION, [ $this, 'answer' ] );
	}

	/**
	 * Nothing if no sync is under way, or has just ended.
	 */
	public function render(): void {
		$this->remote->refresh();
		$now = $this->describe();
		if ( ! $now['is_running'] && ! $this->has_just_ended() ) {
			return;
		}
		printf(
			'<div class="igny8-progress" data-igny8-progress="%1$s" data-igny8-nonce="%2$s"><progress max="%3$d" value="%4$d" aria-labelledby="igny8-progress-text"></progress><p id="igny8-progress-text" role="status" aria-live="polite">%5$s</p></div>',
			esc_url( admin_url( 'admin-ajax.php' ) ),
			esc_attr( wp_create_nonce( self::ACTION ) ),
			(int) $now['total'],
			$now['is_running'] ? (int) $now['done'] : (int) $now['total'],
			esc_html( $now['text'] )
		);
	}

	/**
	 * Ends the request.
	 */
	public function answer(): void {
		if ( ! current_user_can( Settings_Page::CAPABILITY ) || ! check_ajax_referer( self::ACTION, false, false ) ) {
			wp_send_json_error( null, 403 );
		}
		$this->remote->forget();
		$this->remote->refresh();
		wp_send_json_success( $this->describe() );
	}

	/**
	 * @return array{is_running: bool, done: int, total: int, text: string}
	 */
	public function describe(): array {
		$run      = $this->remote->current_run();
		$progress = (array) ( $run['progress'] ?? [] );
		$total    = (int) ( $progress['total'] ?? 0 );
		$done     = min( $total, (int) ( $progress['done'] ?? 0 ) );
		return [
			'is_running' => null !== $run,
			'done'       => $done,
			'total'      => max( 1, $total ),
			'text'       => null === $run ? $this->describe_end() : $this->describe_run( $run, $done, $total ),
		];
	}

	/**
	 * A small site's sync ends before the page that began it is shown.
	 */
	private function has_just_ended(): bool {
		return Remote_State::to_unix( $this->remote->last_run()['finished_at'] ?? null ) > time() - self::JUST_S;
	}

	private function describe_run( array $run, int $done, int $total ): string {
		if ( 'running' !== ( $run['status'] ?? '' ) || 0 === $total || is_array( $run['waiting'] ?? null ) ) {
			/* translators: %s: what the sync does, for example "about to start". */
			return sprintf( __( 'Sync: %s', 'igny8-wordpress-bridge' ), Sync_Facts::describe( $run ) );
		}
		/* translators: 1: number of items done, 2: number of all items. */
		return sprintf( __( 'Syncing: %1$s of %2$s items', 'igny8-wordpress-bridge' ), number_format_i18n( $done ), number_format_i18n( $total ) );
	}

	private function describe_end(): string {
		$last = $this->remote->last_run();
		if ( null !== $last && 'succeeded' !== ( $last['status'] ?? '' ) ) {
			return __( 'The sync has not finished. Reload this page to see why.', 'igny8-wordpress-bridge' );
		}
		/* translators: %s: what the sync has done, for example "123 created". */
		return sprintf( __( 'Sync finished: %s.', 'igny8-wordpress-bridge' ), Sync_Facts::describe_counts( (array) ( $last['counts'] ?? [] ) ) );
	}
}
