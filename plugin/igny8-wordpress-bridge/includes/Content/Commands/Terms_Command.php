<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Term_List;
use Igny8\Bridge\Content\Types;

/**
 * `terms`: lists the terms of a taxonomy page by page.
 */
final class Terms_Command implements Command {

	private const MOST = 1000;

	private Types $types;

	private Term_List $terms;

	public function __construct( Types $types, Term_List $terms ) {
		$this->types = $types;
		$this->terms = $terms;
	}

	public function name(): string {
		return 'terms';
	}

	public function run( array $args, Context $context ): array {
		$args     = new Args( $args );
		$taxonomy = $args->text( 'taxonomy' );
		$this->types->check_taxonomy( $taxonomy );

		$after = $args->number( 'after', 0, PHP_INT_MAX, 0 );
		$limit = $args->number( 'limit', 1, self::MOST, self::MOST );
		$all   = $this->terms->summary( $taxonomy );
		if ( $args->text_or_null( 'if_etag' ) === $all['etag'] ) {
			$nothing = [
				'terms' => [],
				'next'  => null,
			];
			return $nothing + $all + [ 'unchanged' => true ];
		}
		return $this->terms->page( $taxonomy, $after, $limit, $context->bytes_left() ) + $all + [ 'unchanged' => false ];
	}
}
