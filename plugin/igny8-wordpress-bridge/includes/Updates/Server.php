<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Client;
use Igny8\Bridge\Api\Problem_Reader;
use Igny8\Bridge\Support\Carried_Server;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Request_Id;

/**
 * Fetches the manifest and zips from the server that the plugin was downloaded from. Sends no key, and follows no
 * redirect, so that nothing comes from another host.
 */
final class Server {

	public const MANIFEST_PATH = '/plugin/manifest.json';

	private const LARGEST_MANIFEST_BYTES = 200000;

	private const MANIFEST_TIMEOUT_S = 10;

	private const ZIP_TIMEOUT_S = 120;

	private Carried_Server $carried;

	public function __construct( Carried_Server $carried ) {
		$this->carried = $carried;
	}

	/**
	 * @return string As served, unchecked.
	 * @throws Failure If the server doesn't answer as it should.
	 */
	public function fetch_manifest(): string {
		$answer = $this->get( self::MANIFEST_PATH, self::MANIFEST_TIMEOUT_S, self::LARGEST_MANIFEST_BYTES );
		return wp_remote_retrieve_body( $answer );
	}

	/**
	 * @return string Path of a temporary file with exactly the bytes that the manifest describes.
	 * @throws Failure `update_checksum_wrong`, or if the server doesn't answer as it should; no file is left.
	 */
	public function download( Release $release ): string {
		$file = wp_tempnam( basename( $release->package() ) );
		try {
			$this->get( $release->package(), self::ZIP_TIMEOUT_S, $release->bytes() + 1, $file );
			clearstatcache( true, $file );
			if ( filesize( $file ) !== $release->bytes() || ! hash_equals( $release->sha256(), (string) hash_file( 'sha256', $file ) ) ) {
				/* translators: %s: version of the plugin. */
				Failure::raise( 'update_checksum_wrong', sprintf( __( 'The zip of version %s is not the one that was signed.', 'igny8-wordpress-bridge' ), $release->version() ), __( 'Nothing was installed. Try again later; if this goes on, tell whoever runs the server.', 'igny8-wordpress-bridge' ) );
			}
		} catch ( Failure $failure ) {
			wp_delete_file( $file );
			throw $failure;
		}
		return $file;
	}

	/**
	 * @param string $file Where the body goes; '' to keep it in memory.
	 * @throws Failure On anything but 200.
	 */
	private function get( string $path, int $timeout_s, int $most_bytes, string $file = '' ): array {
		$id     = Request_Id::fresh();
		$answer = wp_remote_get(
			$this->carried->api_url() . $path,
			[
				'timeout'             => $timeout_s,
				'redirection'         => 0,
				'limit_response_size' => $most_bytes,
				'user-agent'          => Client::user_agent(),
				'headers'             => [ Request_Id::HEADER => $id ],
				'stream'              => '' !== $file,
				'filename'            => '' === $file ? null : $file,
			]
		);
		$reader = new Problem_Reader();
		if ( is_wp_error( $answer ) ) {
			$failure = $reader->from_network_error( $answer, $id );
			throw $failure;
		}
		$status = (int) wp_remote_retrieve_response_code( $answer );
		if ( 200 !== $status ) {
			$json    = '' === $file ? json_decode( wp_remote_retrieve_body( $answer ), true ) : null;
			$failure = $reader->from_answer( $answer, $status, is_array( $json ) ? $json : [], $id );
			throw $failure;
		}
		return $answer;
	}
}
