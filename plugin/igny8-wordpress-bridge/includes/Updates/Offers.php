<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

/**
 * Decides which release a site is offered. Reads and writes nothing.
 */
final class Offers {

	private Manifest $manifest;

	private string $installed;

	private string $site_id;

	private string $held;

	/**
	 * @param string $installed Version on this site.
	 * @param string $site_id   Of the site at IGNY8.
	 * @param string $held      Version that the owner went back from; '' for none.
	 */
	public function __construct( Manifest $manifest, string $installed, string $site_id, string $held = '' ) {
		$this->manifest  = $manifest;
		$this->installed = $installed;
		$this->site_id   = $site_id;
		$this->held      = $held;
	}

	/**
	 * The newest release that this site is to update to. Whoever went back from a version is not offered it again, nor
	 * anything older.
	 */
	public function update(): ?Release {
		foreach ( $this->usable() as $release ) {
			$is_newer = version_compare( $release->version(), $this->installed, '>' );
			$is_held  = '' !== $this->held && version_compare( $release->version(), $this->held, '<=' );
			if ( $is_newer && ! $is_held && self::bucket( $this->site_id ) < $release->share() ) {
				return $release;
			}
		}
		return null;
	}

	/**
	 * The release before the installed one.
	 */
	public function before(): ?Release {
		foreach ( $this->usable() as $release ) {
			if ( version_compare( $release->version(), $this->installed, '<' ) ) {
				return $release;
			}
		}
		return null;
	}

	/**
	 * @return Release[] All, newest first.
	 */
	public function releases(): array {
		return $this->manifest->releases();
	}

	/**
	 * Why the installed version was withdrawn; '' if it was not.
	 */
	public function withdrawal(): string {
		return $this->manifest->withdrawal( $this->installed );
	}

	/**
	 * The same number for the same site for ever, so that a larger share keeps those that it had, and a mended release goes
	 * to those who had the broken one.
	 *
	 * @return int 0 to 99.
	 */
	public static function bucket( string $site_id ): int {
		return (int) hexdec( substr( hash( 'sha256', $site_id ), 0, 7 ) ) % 100;
	}

	/**
	 * @return Release[] Neither withdrawn nor too new for this WordPress or PHP.
	 */
	private function usable(): array {
		return array_filter(
			$this->manifest->releases(),
			function ( Release $release ): bool {
				return '' === $this->manifest->withdrawal( $release->version() ) && $release->runs_here();
			}
		);
	}
}
