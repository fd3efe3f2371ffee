<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Structure\Counter;

/**
 * `counts`: counts the entries of post types and their taxonomies, in the same way as `structure`.
 */
final class Counts_Command implements Command {

	private const MOST = 50;

	private Types $types;

	private Counter $counter;

	public function __construct( Types $types, Counter $counter ) {
		$this->types   = $types;
		$this->counter = $counter;
	}

	public function name(): string {
		return 'counts';
	}

	public function run( array $args, Context $context ): array {
		$post_types = [];
		$taxonomies = [];
		foreach ( ( new Args( $args ) )->texts( 'post_types', self::MOST ) as $post_type ) {
			if ( ! $this->types->is_public( $post_type ) ) {
				continue;
			}
			$post_types[ $post_type ] = $this->counter->posts( $post_type );
			foreach ( $this->types->taxonomies( $post_type ) as $taxonomy ) {
				$taxonomies[ $taxonomy ] = $taxonomies[ $taxonomy ] ?? $this->counter->terms( $taxonomy );
			}
		}
		// PHP would encode an empty map, or one with keys 0, 1, as a JSON list.
		return [
			'post_types' => (object) $post_types,
			'taxonomies' => (object) $taxonomies,
		];
	}
}
