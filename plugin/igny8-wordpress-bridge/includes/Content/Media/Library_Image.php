<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Media;

defined( 'ABSPATH' ) || exit;

/**
 * An image of the library as an editor would put it into a text.
 */
final class Library_Image {

	public int $id;

	public string $url;

	/** Name of the size, as in the class `size-large`. */
	public string $size;

	public int $width;

	public int $height;

	/**
	 * @param string $source Address in the text: if it is one of the image's sizes, that one stays.
	 */
	public function __construct( int $id, string $source ) {
		$this->id   = $id;
		$this->size = self::size_of( $id, $source );
		$found      = wp_get_attachment_image_src( $id, $this->size );
		$found      = is_array( $found ) ? $found : [ (string) wp_get_attachment_url( $id ), 0, 0, false ];
		if ( 'large' === $this->size && true !== ( $found[3] ?? false ) ) {
			$this->size = 'full';
		}
		$this->url    = (string) $found[0];
		$this->width  = (int) $found[1];
		$this->height = (int) $found[2];
	}

	/**
	 * The editor inserts the large size, or the whole image if that is smaller.
	 */
	private static function size_of( int $id, string $source ): string {
		$meta = wp_get_attachment_metadata( $id );
		$name = wp_basename( (string) wp_parse_url( $source, PHP_URL_PATH ) );
		foreach ( is_array( $meta ) ? ( $meta['sizes'] ?? [] ) : [] as $size => $data ) {
			if ( ( $data['file'] ?? '' ) === $name ) {
				return (string) $size;
			}
		}
		return 'large';
	}
}
