<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Etags;
use Igny8\Bridge\Content\Sketch;
use Igny8\Bridge\Content\Types;

/**
 * `digest`: returns a sketch of all posts of a type, so that IGNY8 finds those that differ without fetching them.
 */
final class Digest_Command implements Command {

	private const MOST_SYMBOLS = 16384;

	/** Bytes of a symbol in base64. */
	private const SYMBOL_BYTES = 30;

	private Types $types;

	private Etags $etags;

	public function __construct( Types $types, Etags $etags ) {
		$this->types = $types;
		$this->etags = $etags;
	}

	public function name(): string {
		return 'digest';
	}

	public function run( array $args, Context $context ): array {
		$args = new Args( $args );
		$type = $args->text( 'type' );
		$this->types->check( $type );

		$after  = $args->number( 'after', 0, PHP_INT_MAX, 0 );
		$until  = $args->keyset( 'until' );
		$size   = $args->number( 'symbols', 1, self::MOST_SYMBOLS, 1 );
		$sketch = new Sketch( max( 1, min( $size, intdiv( $context->bytes_left(), self::SYMBOL_BYTES ) ) ) );
		$next   = null;
		$last   = $after;
		foreach ( $this->etags->portions( $type, $after, $until ) as $last_id => $etags ) {
			if ( $last > $after && 0 === $context->ms_left() ) {
				$next = $last;
				break;
			}
			foreach ( $etags as $id => $etag ) {
				$sketch->add( $id, $etag );
			}
			$last = $last_id;
		}
		return [
			'count'   => $sketch->count(),
			'symbols' => $sketch->to_base64(),
			'next'    => $next,
		];
	}
}
