<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Media;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Body\Html_Tags;
use Igny8\Bridge\Content\Types;

/**
 * Brings the images of a body into the media library, before the body is written. What was fetched stays there, so a
 * repeat goes on where the time ran out, and an image that is in the library, or is the site's own, is not fetched.
 */
final class Body_Images {

	/** Images of one body; later ones stay where they are. */
	private const MOST = 100;

	/** Downloads in one command; the next one goes on. */
	private const AT_ONCE = 10;

	/** Time without which no download begins. */
	private const TIME_MS = 6000;

	/** How long an image that could not be had is not asked for again. */
	private const PAUSE_S = HOUR_IN_SECONDS;

	private Library $library;

	private Types $types;

	public function __construct( Library $library, Types $types ) {
		$this->library = $library;
		$this->types   = $types;
	}

	/**
	 * @param string $body   As it was sent.
	 * @param string $stored Body of the post now: images that it has stay as they are.
	 * @return array<string, Library_Image> Address in the body => image, for those that the library has.
	 * @throws Command_Failure `images_pending` If some are still to be fetched.
	 */
	public function of( string $body, string $stored, Context $context ): array {
		$images = [];
		$fetch  = [];
		foreach ( array_slice( self::sources( $body, $stored ), 0, self::MOST, true ) as $source => $alt ) {
			$source = (string) $source;
			$known  = self::own( $source );
			$known  = 0 === $known ? $this->library->known( self::hash( $source ) ) : $known;
			if ( $known > 0 ) {
				$images[ $source ] = new Library_Image( $known, $source );
			} elseif ( self::is_foreign( $source ) && false === get_transient( self::pause( $source ) ) ) {
				$fetch[ $source ] = $alt;
			}
		}
		return $images + $this->fetch( $fetch, $context );
	}

	/**
	 * @param array<string, string> $sources Address => alternative text.
	 * @return array<string, Library_Image>
	 */
	private function fetch( array $sources, Context $context ): array {
		$images = [];
		$tried  = 0;
		foreach ( $this->may_store() ? $sources : [] as $source => $alt ) {
			if ( $tried >= self::AT_ONCE || $context->ms_left() < self::TIME_MS ) {
				self::pend( count( $sources ) - $tried );
			}
			++$tried;
			try {
				$taken             = $this->library->take( self::address( $source ), self::hash( $source ), '', $alt, $context );
				$images[ $source ] = new Library_Image( $taken['id'], $source );
			} catch ( Command_Failure $failure ) {
				if ( 'busy' === $failure->reason() ) {
					self::pend( 1 + count( $sources ) - $tried );
				}
				if ( 'not_permitted' === $failure->reason() ) {
					break;
				}
				set_transient( self::pause( $source ), $failure->reason(), self::PAUSE_S );
			}
		}
		return $images;
	}

	private function may_store(): bool {
		try {
			$this->types->check_allowed( 'post_types', Types::ATTACHMENT );
			return true;
		} catch ( Command_Failure $denied ) {
			return false;
		}
	}

	/**
	 * @throws Command_Failure `images_pending`.
	 */
	private static function pend( int $count ): void {
		/* translators: %d: number of images. */
		Command_Failure::raise( 'images_pending', sprintf( __( 'Images of the text that are still to be fetched: %d.', 'igny8-wordpress-bridge' ), $count ), true );
	}

	/**
	 * @return array<string, string> Address as in the body, decoded => alternative text; in the order of the body.
	 */
	private static function sources( string $body, string $stored ): array {
		$had     = Html_Tags::sources( $stored );
		$sources = array_diff_key( Html_Tags::sources( $body ), $had );
		return array_filter(
			$sources,
			static function ( $source ): bool {
				return 1 === preg_match( '~\A(?:https?:)?//~i', (string) $source ) && strlen( (string) $source ) <= 2000;
			},
			ARRAY_FILTER_USE_KEY
		);
	}

	/**
	 * The attachment of an address of this site; 0 for none.
	 */
	private static function own( string $source ): int {
		if ( self::is_foreign( $source ) ) {
			return 0;
		}
		$url = (string) strtok( self::address( $source ), '?#' );
		$id  = attachment_url_to_postid( $url );
		return 0 === $id ? attachment_url_to_postid( (string) preg_replace( '/-\d+x\d+(\.\w+)\z/', '$1', $url ) ) : $id;
	}

	private static function is_foreign( string $source ): bool {
		$uploads = wp_get_upload_dir();
		return 0 !== stripos( (string) preg_replace( '~\Ahttps?:~i', '', self::address( $source ) ), (string) preg_replace( '~\Ahttps?:~i', '', $uploads['baseurl'] ) . '/' );
	}

	private static function address( string $source ): string {
		return 0 === strpos( $source, '//' ) ? 'https:' . $source : $source;
	}

	/**
	 * As the API makes it for featured images, so that both are one.
	 */
	private static function hash( string $source ): string {
		return hash( 'sha256', self::address( $source ) );
	}

	private static function pause( string $source ): string {
		return 'igny8_image_' . md5( $source );
	}
}
