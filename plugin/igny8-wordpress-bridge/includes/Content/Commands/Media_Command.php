<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Media\Library;
use Igny8\Bridge\Content\Types;

/**
 * `media`: adds an image to the media library, once.
 */
final class Media_Command implements Command {

	private const LONGEST_URL = 2000;

	private const LONGEST_HASH = 128;

	private Library $library;

	private Types $types;

	public function __construct( Library $library, Types $types ) {
		$this->library = $library;
		$this->types   = $types;
	}

	public function name(): string {
		return 'media';
	}

	public function run( array $args, Context $context ): array {
		$this->types->check_allowed( 'post_types', Types::ATTACHMENT );
		$alt      = $args['alt'] ?? '';
		$filename = $args['filename'] ?? '';
		$args     = new Args( $args );
		$url      = $args->text( 'url' );
		$hash     = $args->text( 'hash' );
		if ( strlen( $url ) > self::LONGEST_URL || strlen( $hash ) > self::LONGEST_HASH ) {
			Args::refuse( 'url', __( 'The value is too long.', 'igny8-wordpress-bridge' ) );
		}
		if ( ! is_string( $filename ) || ! is_string( $alt ) ) {
			Args::refuse( is_string( $alt ) ? 'filename' : 'alt', __( 'A string is required.', 'igny8-wordpress-bridge' ) );
		}
		return $this->library->take( $url, $hash, $filename, $alt, $context );
	}
}
