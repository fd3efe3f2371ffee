<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Reads the terms of many posts as the text that is sent: the name, or the slug if another term has the same name.
 */
final class Term_Names {

	/** @var array<int, array<string, array<int, string>>> Post id => taxonomy => term id => text. */
	private array $by_id = [];

	/**
	 * The name as entered. WordPress stores `&`, `<` and `>` escaped.
	 */
	public static function plain( string $stored ): string {
		return wp_specialchars_decode( $stored, ENT_NOQUOTES );
	}

	/**
	 * @param int[]    $ids        Post ids.
	 * @param string[] $taxonomies Taxonomies to read.
	 * @return array<int, array<string, string[]>> Post id => taxonomy => texts in byte order; without empty entries.
	 */
	public function of( array $ids, array $taxonomies ): array {
		if ( [] === $ids || [] === $taxonomies ) {
			return [];
		}

		$rows      = $this->rows( $ids, $taxonomies );
		$same_name = $this->name_counts( $rows, $taxonomies );
		$found     = [];
		foreach ( $rows as list( $object_id, $term ) ) {
			$is_ambiguous = ( $same_name[ $term->taxonomy ][ $term->name ] ?? 1 ) > 1;

			$text = $is_ambiguous ? $term->slug : self::plain( $term->name );

			$found[ $object_id ][ $term->taxonomy ][] = $text;

			$this->by_id[ $object_id ][ $term->taxonomy ][ (int) $term->term_id ] = $text;
		}
		foreach ( $found as $id => $of_post ) {
			foreach ( array_keys( $of_post ) as $taxonomy ) {
				sort( $found[ $id ][ $taxonomy ], SORT_STRING );
			}
		}
		return $found;
	}

	/**
	 * Terms of a post that of() has read.
	 *
	 * @return array<int, string> Term id => text.
	 */
	public function by_id( int $post_id, string $taxonomy ): array {
		return $this->by_id[ $post_id ][ $taxonomy ] ?? [];
	}

	/**
	 * Uses two queries, because for a join MySQL may read every post that has one of the terms.
	 *
	 * @return array[] Object id and term (taxonomy, name, slug) of each relationship.
	 */
	private function rows( array $ids, array $taxonomies ): array {
		global $wpdb;

		$wanted  = array_flip( $ids );
		$is_near = esc_sql( Id_Set::near( 'object_id', $ids ) );
		$links   = $wpdb->get_results( "SELECT object_id, term_taxonomy_id FROM {$wpdb->term_relationships} WHERE $is_near" );
		$terms   = $this->terms( array_unique( array_map( 'intval', array_column( $links, 'term_taxonomy_id' ) ) ), $taxonomies );
		$rows    = [];
		foreach ( $links as $link ) {
			$term = $terms[ (int) $link->term_taxonomy_id ] ?? null;
			if ( null !== $term && isset( $wanted[ (int) $link->object_id ] ) ) {
				$rows[] = [ (int) $link->object_id, $term ];
			}
		}
		return $rows;
	}

	/**
	 * @param int[] $tt_ids Term taxonomy ids.
	 * @return array<int, object> Terms of these taxonomies by term taxonomy id.
	 */
	private function terms( array $tt_ids, array $taxonomies ): array {
		global $wpdb;

		if ( [] === $tt_ids ) {
			return [];
		}
		$list   = implode( ',', array_map( 'intval', $tt_ids ) );
		$places = implode( ',', array_fill( 0, count( $taxonomies ), '%s' ) );
		$found  = [];
		$rows   = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT tt.term_taxonomy_id, tt.taxonomy, t.term_id, t.name, t.slug FROM {$wpdb->term_taxonomy} tt
				INNER JOIN {$wpdb->terms} t ON t.term_id = tt.term_id
				WHERE tt.term_taxonomy_id IN ($list) AND tt.taxonomy IN ($places)",
				...$taxonomies
			)
		);
		foreach ( $rows as $term ) {
			$found[ (int) $term->term_taxonomy_id ] = $term;
		}
		return $found;
	}

	/**
	 * @param array[] $rows From rows().
	 * @return array<string, array<string, int>> Taxonomy => stored name => number of terms with it.
	 */
	private function name_counts( array $rows, array $taxonomies ): array {
		global $wpdb;

		$names = array_values( array_unique( array_column( array_column( $rows, 1 ), 'name' ) ) );
		if ( [] === $names ) {
			return [];
		}

		$in_taxonomies = implode( ',', array_fill( 0, count( $taxonomies ), '%s' ) );
		$in_names      = implode( ',', array_fill( 0, count( $names ), '%s' ) );
		$counts        = [];
		$rows          = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT tt.taxonomy, t.name FROM {$wpdb->terms} t
				INNER JOIN {$wpdb->term_taxonomy} tt ON tt.term_id = t.term_id
				WHERE t.name IN ($in_names) AND tt.taxonomy IN ($in_taxonomies)",
				...$names, ...$taxonomies
			)
		);
		foreach ( $rows as $row ) {
			$counts[ $row->taxonomy ][ $row->name ] = ( $counts[ $row->taxonomy ][ $row->name ] ?? 0 ) + 1;
		}
		return $counts;
	}
}
