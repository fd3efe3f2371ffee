<?php

declare(strict_types=1);

namespace Igny8\Bridge\Lists;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Tables;
use WP_Query;

/**
 * The filter by IGNY8 above the lists of posts. A condition of the list's own query; it adds none.
 */
final class Post_Filter {

	public const FIELD = 'igny8';

	public const ATTENTION = 'attention';

	public const WAITING = 'waiting';

	public const LEFT_ALONE = 'left_alone';

	private Tables $tables;

	/** @var string[] Types whose lists have it. */
	private array $types;

	/**
	 * @param string[] $types Post types.
	 */
	public function __construct( Tables $tables, array $types ) {
		$this->tables = $tables;
		$this->types  = $types;
	}

	public function hook(): void {
		add_action( 'restrict_manage_posts', [ $this, 'render' ] );
		add_filter( 'posts_where', [ $this, 'where' ], 10, 2 );
	}

	/**
	 * @param mixed $type Post type.
	 */
	public function render( $type ): void {
		if ( ! in_array( $type, $this->types, true ) ) {
			return;
		}
		$chosen = self::chosen();
		printf( '<label class="screen-reader-text" for="filter-by-igny8">%1$s</label><select name="%2$s" id="filter-by-igny8"><option value="">%3$s</option>', esc_html__( 'Filter by IGNY8', 'igny8-wordpress-bridge' ), esc_attr( self::FIELD ), esc_html__( 'IGNY8: all', 'igny8-wordpress-bridge' ) );
		foreach ( self::choices() as $value => $label ) {
			printf( '<option value="%1$s"%2$s>%3$s</option>', esc_attr( $value ), selected( $chosen, $value, false ), esc_html( $label ) );
		}
		echo '</select>';
	}

	/**
	 * @param mixed $where SQL.
	 * @param mixed $query WP_Query.
	 * @return mixed
	 */
	public function where( $where, $query ) {
		global $wpdb;

		$chosen = self::chosen();
		if ( '' === $chosen || ! is_string( $where ) || ! $query instanceof WP_Query || ! $query->is_main_query() || ! $this->is_listed( $query ) ) {
			return $where;
		}
		if ( self::WAITING === $chosen ) {
			$outbox = Tables::outbox();
			return $this->tables->exist() ? "$where AND {$wpdb->posts}.ID IN (SELECT post_id FROM $outbox)" : "$where AND 1 = 0";
		}
		$key = self::LEFT_ALONE === $chosen ? Left_Alone::MARK : Attention::MARK;
		return $where . $wpdb->prepare( " AND {$wpdb->posts}.ID IN (SELECT post_id FROM {$wpdb->postmeta} WHERE meta_key = %s)", $key );
	}

	/**
	 * @return array<string, string> Label by value.
	 */
	private static function choices(): array {
		return [
			self::ATTENTION  => __( 'IGNY8: conflict or failed', 'igny8-wordpress-bridge' ),
			self::WAITING    => __( 'IGNY8: waiting to be sent', 'igny8-wordpress-bridge' ),
			self::LEFT_ALONE => __( 'IGNY8: left alone', 'igny8-wordpress-bridge' ),
		];
	}

	private static function chosen(): string {
		$value = $_GET[ self::FIELD ] ?? '';
		return is_string( $value ) && isset( self::choices()[ $value ] ) ? $value : '';
	}

	private function is_listed( WP_Query $query ): bool {
		return in_array( $query->get( 'post_type' ), $this->types, true );
	}
}
