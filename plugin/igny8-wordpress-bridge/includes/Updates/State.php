<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;

/**
 * What is known of updates, once for a whole network, as the plugin's files are.
 */
final class State {

	public const OPTION = 'igny8_updates';

	private const DEFAULTS = [
		'server'     => '',
		'served'     => '',
		'serial'     => 0,
		'checked_at' => 0,
		'error'      => null,
		'held'       => '',
		'blog_id'    => 0,
	];

	/**
	 * The signed document as it was served; '' if there is none of this server.
	 */
	public function served( string $server ): string {
		$all = $this->all();
		return $all['server'] === $server ? (string) $all['served'] : '';
	}

	/**
	 * The largest serial that this server has sent; 0 for none.
	 */
	public function serial( string $server ): int {
		$all = $this->all();
		return $all['server'] === $server ? (int) $all['serial'] : 0;
	}

	/**
	 * Unix seconds; 0 for never.
	 */
	public function checked_at(): int {
		return (int) $this->all()['checked_at'];
	}

	/**
	 * Why the last check or installation failed; null if it did not.
	 *
	 * @return array{code: string, detail: string, fix: string, request_id: string, retryable: bool, at: int}|null
	 */
	public function error(): ?array {
		$error = $this->all()['error'];
		return is_array( $error ) ? $error : null;
	}

	/**
	 * The version that the owner went back from; '' for none.
	 */
	public function held(): string {
		return (string) $this->all()['held'];
	}

	/**
	 * A site of the network that is connected; 0 for none.
	 */
	public function blog_id(): int {
		return (int) $this->all()['blog_id'];
	}

	public function keep( string $server, string $served, int $serial ): void {
		$this->save(
			[
				'server'     => $server,
				'served'     => $served,
				'serial'     => $serial,
				'checked_at' => time(),
				'error'      => null,
			]
		);
	}

	/**
	 * What was known before stays.
	 */
	public function fail( Failure $failure ): void {
		$this->save(
			[
				'checked_at' => time(),
				'error'      => $failure->to_array(),
			]
		);
	}

	public function hold( string $version ): void {
		$this->save( [ 'held' => $version ] );
	}

	public function remember_blog( int $blog_id ): void {
		if ( $this->blog_id() !== $blog_id ) {
			$this->save( [ 'blog_id' => $blog_id ] );
		}
	}

	private function all(): array {
		$stored = get_site_option( self::OPTION, [] );
		return array_merge( self::DEFAULTS, is_array( $stored ) ? $stored : [] );
	}

	private function save( array $changes ): void {
		update_site_option( self::OPTION, array_merge( $this->all(), $changes ) );
	}
}
