<?php

declare(strict_types=1);

namespace Igny8\Bridge\Lists;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Panel\Item_State;
use Igny8\Bridge\Panel\Local_Facts;
use WP_Post;

/**
 * The column IGNY8 in the lists of posts. It is rendered from what this site knows, with one query for the whole page;
 * a script asks IGNY8 for the rest once the list is there.
 */
final class Post_Column {

	public const NAME = 'igny8';

	private Local_Facts $local;

	private Attention $attention;

	/** @var array<int, true>|null Posts of this page with a change that waits to be sent; null before they were read. */
	private ?array $waiting = null;

	public function __construct( Local_Facts $local, Attention $attention ) {
		$this->local     = $local;
		$this->attention = $attention;
	}

	public function hook( string $type ): void {
		add_filter( "manage_{$type}_posts_columns", [ $this, 'add' ] );
		add_action( "manage_{$type}_posts_custom_column", [ $this, 'render' ], 10, 2 );
	}

	/**
	 * @param mixed $columns Label by name.
	 * @return mixed
	 */
	public function add( $columns ) {
		if ( is_array( $columns ) ) {
			$columns[ self::NAME ] = __( 'IGNY8', 'igny8-wordpress-bridge' );
		}
		return $columns;
	}

	/**
	 * @param mixed $column  Name.
	 * @param mixed $post_id Id.
	 */
	public function render( $column, $post_id ): void {
		if ( self::NAME === $column ) {
			$state = $this->state( (int) $post_id );
			printf(
				'<span class="igny8-cell" data-igny8-id="%1$d" data-igny8-state="%2$s">%3$s</span>',
				(int) $post_id,
				esc_attr( $state ),
				'' === $state ? '<span aria-hidden="true">—</span>' : self::label( $state )
			);
		}
	}

	/**
	 * @param string $state One of Item_State.
	 * @return string Escaped HTML.
	 */
	private static function label( string $state ): string {
		return sprintf( '<span class="igny8-dot igny8-dot-%1$s" aria-hidden="true"></span>%2$s', esc_attr( Item_State::tone( $state ) ), esc_html( Item_State::label( $state ) ) );
	}

	/**
	 * The state as far as this site knows it; '' for others.
	 */
	private function state( int $post_id ): string {
		// The list has read the posts' meta already.
		if ( '' !== (string) get_post_meta( $post_id, Left_Alone::MARK, true ) ) {
			return Item_State::LEFT_ALONE;
		}
		if ( isset( $this->waiting( $post_id )[ $post_id ] ) ) {
			return Item_State::SENDING;
		}
		return $this->attention->of( $post_id );
	}

	/**
	 * @return array<int, true>
	 */
	private function waiting( int $post_id ): array {
		global $wp_query;

		if ( null === $this->waiting ) {
			$ids = [ $post_id ];
			foreach ( $wp_query->posts ?? [] as $post ) {
				$ids[] = $post instanceof WP_Post ? $post->ID : (int) ( $post->ID ?? $post );
			}
			$this->waiting = $this->local->waiting( array_unique( $ids ) );
		}
		return $this->waiting;
	}
}
