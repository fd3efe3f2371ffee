<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Media;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Post_Meta;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Content\Write\Acting_User;
use Igny8\Bridge\Content\Write\Permissions;
use Igny8\Bridge\Support\Lock;

/**
 * Adds images to the media library, each once.
 */
final class Library {

	/** Hash by which IGNY8 names the image. */
	public const HASH = '_igny8_media_hash';

	/** SHA-256 of the image's bytes. */
	public const SHA256 = '_igny8_media_sha256';

	private const LOCK_TTL_S = 120;

	private const EXTENSIONS = [
		'image/jpeg' => 'jpg',
		'image/png'  => 'png',
		'image/gif'  => 'gif',
		'image/webp' => 'webp',
		'image/avif' => 'avif',
		'image/heic' => 'heic',
	];

	private Download $download;

	private Post_Meta $meta;

	private Acting_User $acting_user;

	private Permissions $permissions;

	public function __construct( Download $download, Post_Meta $meta, Acting_User $acting_user, Permissions $permissions ) {
		$this->download    = $download;
		$this->meta        = $meta;
		$this->acting_user = $acting_user;
		$this->permissions = $permissions;
	}

	/**
	 * @param string $hash Names the image; an image with a known hash is not fetched again.
	 * @param string $alt  Alternative text for an image that has none.
	 * @return array{id: int, url: string, reused: bool}
	 * @throws Command_Failure `media_not_found`, `media_not_image`, `media_too_large`, `invalid_field`, `not_permitted`, `write_failed`, `busy`.
	 */
	public function take( string $url, string $hash, string $filename, string $alt, Context $context ): array {
		$lock = new Lock( 'media_' . md5( $hash ), self::LOCK_TTL_S );
		if ( ! $lock->acquire() ) {
			Command_Failure::raise( 'busy', __( 'This image is already being fetched.', 'igny8-wordpress-bridge' ), true );
		}
		try {
			$id     = $this->find( self::HASH, $hash );
			$reused = true;
			if ( 0 === $id ) {
				$id = $this->own( $url, $hash );
			}
			if ( 0 === $id ) {
				list( $id, $reused ) = $this->fetch( $url, $hash, $filename, $context );
			}
			// An image has one alternative text, shared by all its posts, so an existing one is kept.
			if ( '' !== $alt && '' === (string) get_post_meta( $id, Meta_Keys::ALT, true ) && ! ( new Left_Alone() )->has( $id ) ) {
				$this->describe( $id, $alt );
			}
		} finally {
			$lock->release();
		}
		return [
			'id'     => $id,
			'url'    => (string) wp_get_attachment_url( $id ),
			'reused' => $reused,
		];
	}

	/**
	 * The image that this hash names; 0 if the library does not have it.
	 */
	public function known( string $hash ): int {
		return $this->find( self::HASH, $hash );
	}

	/**
	 * A user who may not edit the image of somebody else may still use it.
	 */
	private function describe( int $id, string $alt ): void {
		$this->acting_user->run(
			static function () use ( $id, $alt ): void {
				if ( current_user_can( 'edit_post', $id ) ) {
					update_post_meta( $id, Meta_Keys::ALT, wp_slash( $alt ) );
				}
			}
		);
	}

	/**
	 * @return array{0: int, 1: bool} Attachment id, and whether it existed already.
	 */
	private function fetch( string $url, string $hash, string $filename, Context $context ): array {
		$this->acting_user->run( [ $this->permissions, 'check_upload' ] );
		$path = $this->download->fetch( $url, $context );
		try {
			$type   = $this->type( $path );
			$sha256 = (string) hash_file( 'sha256', $path );
			$id     = $this->find( self::SHA256, $sha256 );
			if ( 0 !== $id ) {
				add_post_meta( $id, self::HASH, wp_slash( $hash ) );
				return [ $id, true ];
			}

			$name = $this->name( $filename, $url ) . '.' . self::EXTENSIONS[ $type ];
			$meta = [
				self::HASH   => $hash,
				self::SHA256 => $sha256,
			];
			return [ $this->store( $path, $name, $meta ), false ];
		} finally {
			if ( file_exists( $path ) ) {
				wp_delete_file( $path );
			}
		}
	}

	/**
	 * Detects the type from the content. Name and headers can't be trusted.
	 */
	private function type( string $path ): string {
		$type = filesize( $path ) > 0 ? (string) wp_get_image_mime( $path ) : '';
		// No browser shows HEIC everywhere: it is taken where WordPress makes JPEG of it.
		$is_shown = 'image/heic' !== $type || wp_image_editor_supports( [ 'mime_type' => 'image/heic' ] );
		if ( ! $is_shown || ! isset( self::EXTENSIONS[ $type ] ) || ! in_array( $type, get_allowed_mime_types(), true ) ) {
			Command_Failure::raise( 'media_not_image', __( 'The file is not an image that this site accepts.', 'igny8-wordpress-bridge' ) );
		}
		return $type;
	}

	/**
	 * File name without extension.
	 */
	private function name( string $filename, string $url ): string {
		$name = '' === $filename ? wp_basename( (string) wp_parse_url( $url, PHP_URL_PATH ) ) : $filename;
		$name = sanitize_file_name( (string) preg_replace( '/\.[A-Za-z0-9]{1,5}\z/', '', $name ) );
		return '' === $name ? 'image' : substr( $name, 0, 150 );
	}

	/**
	 * @param array<string, string> $meta Key => value.
	 */
	private function store( string $path, string $name, array $meta ): int {
		require_once ABSPATH . 'wp-admin/includes/file.php';
		require_once ABSPATH . 'wp-admin/includes/media.php';
		require_once ABSPATH . 'wp-admin/includes/image.php';

		$file = [
			'name'     => $name,
			'tmp_name' => $path,
		];
		$id   = $this->acting_user->run(
			static function () use ( $file, $meta ) {
				return media_handle_sideload( $file, 0, null, [ 'meta_input' => wp_slash( $meta ) ] );
			}
		);
		if ( is_wp_error( $id ) ) {
			Command_Failure::raise( 'write_failed', $id->get_error_message(), true );
		}
		return (int) $id;
	}

	private function find( string $key, string $value ): int {
		return $this->usable( $this->meta->find( $key, $value ) );
	}

	/**
	 * An image that was chosen from this site's own library has its address: it is not fetched from there.
	 */
	private function own( string $url, string $hash ): int {
		$id = $this->usable( attachment_url_to_postid( $url ) );
		if ( 0 === $id || ! wp_attachment_is_image( $id ) ) {
			return 0;
		}
		add_post_meta( $id, self::HASH, wp_slash( $hash ) );
		return $id;
	}

	private function usable( int $id ): int {
		return 0 !== $id && Types::ATTACHMENT === get_post_type( $id ) && 'trash' !== get_post_status( $id ) ? $id : 0;
	}
}
