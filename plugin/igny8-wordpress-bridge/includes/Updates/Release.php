<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

/**
 * A release of this plugin, as the signed manifest describes it.
 */
final class Release {

	private const VERSION = '/^\d{1,4}\.\d{1,4}\.\d{1,4}\z/';

	private const REQUIREMENT = '/^\d{1,3}(\.\d{1,3}){1,2}\z/';

	/** @var array<string, mixed> */
	private array $facts;

	/**
	 * @param array<string, mixed> $facts Valid.
	 */
	private function __construct( array $facts ) {
		$this->facts = $facts;
	}

	/**
	 * @param mixed $facts As received.
	 * @return self|null Null if it is not as the contract says.
	 */
	public static function read( $facts ): ?self {
		if ( ! is_array( $facts ) || ! self::has_texts( $facts ) || ! self::has_numbers( $facts ) ) {
			return null;
		}
		return self::path_of( $facts['version'] ) === $facts['package'] ? new self( $facts ) : null;
	}

	private static function has_texts( array $facts ): bool {
		foreach ( [
			'version'      => self::VERSION,
			'requires'     => self::REQUIREMENT,
			'requires_php' => self::REQUIREMENT,
			'tested'       => self::REQUIREMENT,
			'sha256'       => '/^[0-9a-f]{64}\z/',
		] as $name => $shape ) {
			if ( ! is_string( $facts[ $name ] ?? null ) || 1 !== preg_match( $shape, $facts[ $name ] ) ) {
				return false;
			}
		}
		return is_string( $facts['package'] ?? null );
	}

	private static function has_numbers( array $facts ): bool {
		$share = $facts['share'] ?? null;
		$bytes = $facts['bytes'] ?? null;
		return is_int( $share ) && $share >= 0 && $share <= 100 && is_int( $bytes ) && $bytes > 0 && is_array( $facts['changelog'] ?? null );
	}

	public static function is_version( string $text ): bool {
		return 1 === preg_match( self::VERSION, $text );
	}

	/**
	 * The only place of a release on a server.
	 */
	private static function path_of( string $version ): string {
		return '/plugin/' . $version . '/igny8-wordpress-bridge.zip';
	}

	public function version(): string {
		return $this->facts['version'];
	}

	/**
	 * Least version of WordPress.
	 */
	public function requires(): string {
		return $this->facts['requires'];
	}

	public function requires_php(): string {
		return $this->facts['requires_php'];
	}

	/**
	 * The newest WordPress that it was tested with.
	 */
	public function tested(): string {
		return $this->facts['tested'];
	}

	/**
	 * Path on the server.
	 */
	public function package(): string {
		return $this->facts['package'];
	}

	/**
	 * Of the zip, in hexadecimal digits.
	 */
	public function sha256(): string {
		return $this->facts['sha256'];
	}

	public function bytes(): int {
		return $this->facts['bytes'];
	}

	/**
	 * Percent of the sites that get it.
	 */
	public function share(): int {
		return $this->facts['share'];
	}

	/**
	 * @return string[] Plain text, one line an entry.
	 */
	public function changelog(): array {
		return array_values( array_filter( $this->facts['changelog'], 'is_string' ) );
	}

	public function runs_here(): bool {
		return is_wp_version_compatible( $this->requires() ) && is_php_version_compatible( $this->requires_php() );
	}
}
