<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;

/**
 * What a server says of this plugin's releases, signed by somebody whose public key this copy carries.
 */
final class Manifest {

	/** Stands before the document in what is signed. */
	private const LABEL = "igny8-plugin-manifest\n";

	private const FORMAT = 1;

	private const SLUG = 'igny8-wordpress-bridge';

	private const MOST = 10;

	private const KEY_ID_LENGTH = 16;

	private int $serial;

	/** @var Release[] Newest first. */
	private array $releases;

	/** @var array<string, string> Version => reason. */
	private array $withdrawn;

	private function __construct( int $serial, array $releases, array $withdrawn ) {
		$this->serial    = $serial;
		$this->releases  = $releases;
		$this->withdrawn = $withdrawn;
	}

	/**
	 * @param string   $served As the server sent it.
	 * @param string[] $keys   Public keys, base64.
	 * @param string   $server Address of the server that is asked.
	 * @throws Failure `update_manifest_invalid` or `update_signature_invalid`.
	 */
	public static function open( string $served, array $keys, string $server ): self {
		$envelope = json_decode( $served, true );
		$text     = is_array( $envelope ) ? ( $envelope['manifest'] ?? null ) : null;
		if ( ! is_string( $text ) || ! is_array( $envelope['signatures'] ?? null ) ) {
			Failure::raise( 'update_manifest_invalid', __( 'The server sent something else than the list of this plugin’s releases.', 'igny8-wordpress-bridge' ), __( 'Nothing was installed. If this goes on, tell whoever runs the server.', 'igny8-wordpress-bridge' ) );
		}
		if ( ! self::is_signed( $text, array_slice( $envelope['signatures'], 0, self::MOST ), $keys ) ) {
			Failure::raise( 'update_signature_invalid', __( 'The list of this plugin’s releases is not signed by anybody whom this site trusts.', 'igny8-wordpress-bridge' ), __( 'Nothing was installed. If the server has a new signing key, install the plugin once more from its zip; else tell whoever runs the server.', 'igny8-wordpress-bridge' ) );
		}
		$manifest = self::read( json_decode( $text, true ), $server );
		if ( null === $manifest ) {
			Failure::raise( 'update_manifest_invalid', __( 'The list of this plugin’s releases is for another server or of another form.', 'igny8-wordpress-bridge' ), __( 'Nothing was installed. If this goes on, tell whoever runs the server.', 'igny8-wordpress-bridge' ) );
		}
		return $manifest;
	}

	/**
	 * @param array    $signatures As received.
	 * @param string[] $keys       Base64.
	 */
	private static function is_signed( string $text, array $signatures, array $keys ): bool {
		foreach ( $keys as $key ) {
			$public = base64_decode( $key, true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_decode -- A key.
			if ( false === $public || SODIUM_CRYPTO_SIGN_PUBLICKEYBYTES !== strlen( $public ) ) {
				continue;
			}
			$id = substr( hash( 'sha256', $public ), 0, self::KEY_ID_LENGTH );
			foreach ( $signatures as $signature ) {
				if ( is_array( $signature ) && ( $signature['key'] ?? '' ) === $id && self::is_valid( $signature['signature'] ?? '', $text, $public ) ) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * @param mixed $signature As received.
	 */
	private static function is_valid( $signature, string $text, string $public_key ): bool {
		$bytes = is_string( $signature ) ? base64_decode( $signature, true ) : false; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_decode -- A signature.
		// WordPress has these functions in PHP where the extension is missing.
		return is_string( $bytes ) && SODIUM_CRYPTO_SIGN_BYTES === strlen( $bytes ) && sodium_crypto_sign_verify_detached( $bytes, self::LABEL . $text, $public_key );
	}

	/**
	 * @param mixed $json As signed.
	 */
	private static function read( $json, string $server ): ?self {
		$is_ours = is_array( $json ) && self::FORMAT === ( $json['format'] ?? null ) && self::SLUG === ( $json['slug'] ?? null ) && untrailingslashit( (string) ( $json['server'] ?? '' ) ) === $server;
		if ( ! $is_ours || ! is_int( $json['serial'] ?? null ) || $json['serial'] < 1 || ! is_array( $json['releases'] ?? null ) || ! is_array( $json['withdrawn'] ?? null ) ) {
			return null;
		}
		$releases = array_map( [ Release::class, 'read' ], array_slice( array_values( $json['releases'] ), 0, self::MOST ) );
		if ( [] === $releases || in_array( null, $releases, true ) ) {
			return null;
		}
		usort(
			$releases,
			static function ( Release $one, Release $other ): int {
				return version_compare( $other->version(), $one->version() );
			}
		);
		return new self( $json['serial'], $releases, array_filter( $json['withdrawn'], 'is_string' ) );
	}

	/**
	 * Larger than that of every manifest before.
	 */
	public function serial(): int {
		return $this->serial;
	}

	/**
	 * @return Release[] Newest first.
	 */
	public function releases(): array {
		return $this->releases;
	}

	public function release( string $version ): ?Release {
		foreach ( $this->releases as $release ) {
			if ( $release->version() === $version ) {
				return $release;
			}
		}
		return null;
	}

	/**
	 * Why sites are to leave a version; '' if they are not.
	 */
	public function withdrawal( string $version ): string {
		return $this->withdrawn[ $version ] ?? '';
	}
}
