<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Media;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Args;
use WP_Error;

/**
 * Downloads a file to a temporary one, limited in size and time, and only from allowed addresses, redirects included.
 */
final class Download {

	public const LARGEST_BYTES = 20000000;

	private const LONGEST_S = 20;

	private const MOST_REDIRECTS = 3;

	private Source_Url $source;

	public function __construct( Source_Url $source ) {
		$this->source = $source;
	}

	/**
	 * @return string Path; the caller removes the file.
	 * @throws Command_Failure `invalid_field`, `media_not_found`, `media_too_large`, `write_failed`.
	 */
	public function fetch( string $url, Context $context ): string {
		require_once ABSPATH . 'wp-admin/includes/file.php';

		$path = wp_tempnam( 'igny8' );
		if ( '' === $path ) {
			Command_Failure::raise( 'write_failed', __( 'A temporary file could not be created.', 'igny8-wordpress-bridge' ), true );
		}
		try {
			$this->follow( $url, $path, $context );
			if ( (int) filesize( $path ) > self::LARGEST_BYTES ) {
				/* translators: %d: largest size in bytes. */
				Command_Failure::raise( 'media_too_large', sprintf( __( 'The image has more than %d bytes.', 'igny8-wordpress-bridge' ), self::LARGEST_BYTES ) );
			}
		} catch ( Command_Failure $failure ) {
			wp_delete_file( $path );
			throw $failure;
		}
		return $path;
	}

	private function follow( string $url, string $path, Context $context ): void {
		for ( $redirects = 0; $redirects <= self::MOST_REDIRECTS; $redirects++ ) {
			$address = $this->source->address( $url );
			if ( null === $address ) {
				Args::refuse( 'url', __( 'This site fetches images only from public https addresses.', 'igny8-wordpress-bridge' ) );
			}
			$answer   = $this->request( $url, $address, $path, $context );
			$status   = is_wp_error( $answer ) ? 0 : (int) wp_remote_retrieve_response_code( $answer );
			$location = is_wp_error( $answer ) ? '' : wp_remote_retrieve_header( $answer, 'location' );
			$location = is_array( $location ) ? (string) end( $location ) : (string) $location;
			if ( 200 === $status ) {
				clearstatcache( true, $path );
				return;
			}
			if ( $status < 300 || $status >= 400 || '' === $location ) {
				$failure = $this->not_found( $answer, $status );
				throw $failure;
			}
			$url = \WP_Http::make_absolute_url( $location, $url );
		}
		Command_Failure::raise( 'media_not_found', __( 'The image redirects in a circle.', 'igny8-wordpress-bridge' ) );
	}

	/**
	 * @param string $address Checked IP address of the URL's host.
	 * @return array|WP_Error
	 * @throws Command_Failure `media_too_large`.
	 */
	private function request( string $url, string $address, string $path, Context $context ) {
		return ( new Pinned_Request( $url, $address, self::LARGEST_BYTES ) )->send(
			[
				'timeout'             => max( 1, min( self::LONGEST_S, intdiv( $context->ms_left(), 1000 ) ) ),
				'redirection'         => 0,
				'stream'              => true,
				'filename'            => $path,
				'limit_response_size' => self::LARGEST_BYTES + 1,
				'reject_unsafe_urls'  => ! $this->source->is_loopback( $url ),
				'user-agent'          => 'igny8-wordpress-bridge/' . IGNY8_BRIDGE_VERSION,
				'decompress'          => false,
				'headers'             => [
					'Accept'          => 'image/*',
					'Accept-Encoding' => 'identity',
				],
			]
		);
	}

	/**
	 * @param array|WP_Error $answer Answer.
	 * @param int            $status HTTP status; 0 if there was no answer.
	 */
	private function not_found( $answer, int $status ): Command_Failure {
		$is_passing = 0 === $status || 429 === $status || $status >= 500;
		$message    = is_wp_error( $answer ) ? wp_strip_all_tags( $answer->get_error_message() ) : (string) $status;
		/* translators: %s: HTTP status or what the network layer reported. */
		return new Command_Failure( 'media_not_found', sprintf( __( 'The image could not be fetched: %s', 'igny8-wordpress-bridge' ), $message ), $is_passing );
	}
}
