<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;

/**
 * Keeps the notices of one request for the user's next page.
 */
final class Notices {

	public const TRANSIENT = 'igny8_notices_';

	private const TTL_S = 120;

	public function success( string $title, string $text = '' ): void {
		$this->add( 'success', $title, $text );
	}

	public function warning( string $title, string $text = '' ): void {
		$this->add( 'warning', $title, $text );
	}

	/**
	 * @param string $level error or warning.
	 */
	public function failure( string $title, Failure $failure, string $level = 'error' ): void {
		$this->add( $level, $title, $failure->full_text() );
	}

	public function render(): void {
		$notices = get_transient( $this->name() );
		delete_transient( $this->name() );
		foreach ( is_array( $notices ) ? $notices : [] as $notice ) {
			printf(
				'<div class="notice notice-%1$s is-dismissible" role="%2$s"><p><strong>%3$s</strong> %4$s</p></div>',
				esc_attr( $notice['level'] ),
				'success' === $notice['level'] ? 'status' : 'alert',
				esc_html( $notice['title'] ),
				esc_html( $notice['text'] )
			);
		}
	}

	private function add( string $level, string $title, string $text ): void {
		$notices   = get_transient( $this->name() );
		$notices   = is_array( $notices ) ? $notices : [];
		$notices[] = [
			'level' => $level,
			'title' => rtrim( $title, '.' ) . '.',
			'text'  => $text,
		];
		set_transient( $this->name(), $notices, self::TTL_S );
	}

	private function name(): string {
		return self::TRANSIENT . get_current_user_id();
	}
}
