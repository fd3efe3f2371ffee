<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use WP_Term;

/**
 * Records posts whose documents name a term differently after the term changed. A second term with the same name
 * changes the documents of both: then they name each by its slug.
 */
final class Term_Watcher {

	private Recorder $recorder;

	private Affected_Posts $affected_posts;

	/** @var array<int, WP_Term> Terms by id, before an edit. */
	private array $before = [];

	public function __construct( Recorder $recorder, Affected_Posts $affected_posts ) {
		$this->recorder       = $recorder;
		$this->affected_posts = $affected_posts;
	}

	public function hook(): void {
		add_action( 'created_term', [ $this, 'created' ], PHP_INT_MAX, 3 );
		add_action( 'edit_terms', [ $this, 'editing' ], PHP_INT_MAX, 2 );
		add_action( 'edited_term', [ $this, 'edited' ], PHP_INT_MAX, 3 );
		add_action( 'delete_term', [ $this, 'deleted' ], PHP_INT_MAX, 4 );
	}

	/**
	 * @param mixed $term_id  Id.
	 * @param mixed $tt_id    Id.
	 * @param mixed $taxonomy Slug.
	 */
	public function created( $term_id, $tt_id, $taxonomy ): void {
		$term = get_term( (int) $term_id, (string) $taxonomy );
		if ( $term instanceof WP_Term ) {
			$this->record( (string) $taxonomy, [ $term->name ], [] );
		}
	}

	/**
	 * @param mixed $term_id  Id.
	 * @param mixed $taxonomy Slug.
	 */
	public function editing( $term_id, $taxonomy ): void {
		$term = get_term( (int) $term_id, (string) $taxonomy );
		if ( $term instanceof WP_Term ) {
			$this->before[ (int) $term_id ] = clone $term;
		}
	}

	/**
	 * @param mixed $term_id  Id.
	 * @param mixed $tt_id    Id.
	 * @param mixed $taxonomy Slug.
	 */
	public function edited( $term_id, $tt_id, $taxonomy ): void {
		$before = $this->before[ (int) $term_id ] ?? null;
		$after  = get_term( (int) $term_id, (string) $taxonomy );
		unset( $this->before[ (int) $term_id ] );
		if ( null === $before || ! $after instanceof WP_Term || ( $before->name === $after->name && $before->slug === $after->slug ) ) {
			return;
		}
		$this->record( (string) $taxonomy, [ $before->name, $after->name ], [ (int) $tt_id ] );
	}

	/**
	 * The posts of the term itself are recorded when WordPress removes it from them.
	 *
	 * @param mixed $term_id  Id.
	 * @param mixed $tt_id    Id.
	 * @param mixed $taxonomy Slug.
	 * @param mixed $deleted  WP_Term.
	 */
	public function deleted( $term_id, $tt_id, $taxonomy, $deleted ): void {
		if ( $deleted instanceof WP_Term ) {
			$this->record( (string) $taxonomy, [ $deleted->name ], [] );
		}
	}

	/**
	 * @param string[] $names  Names as stored; every term with one of them is affected.
	 * @param int[]    $tt_ids Further affected terms.
	 */
	private function record( string $taxonomy, array $names, array $tt_ids ): void {
		global $wpdb;

		$object = get_taxonomy( $taxonomy );
		if ( false === $object || ! $object->public || ! $this->recorder->can_record() ) {
			return;
		}
		$places    = implode( ',', array_fill( 0, count( $names ), '%s' ) );
		$same_name = $wpdb->get_col(
			$wpdb->prepare(
				"SELECT tt.term_taxonomy_id FROM {$wpdb->terms} t INNER JOIN {$wpdb->term_taxonomy} tt ON tt.term_id = t.term_id WHERE tt.taxonomy = %s AND t.name IN ($places)",
				$taxonomy, ...$names
			)
		);
		$this->affected_posts->record_with_terms( array_unique( array_merge( $tt_ids, array_map( 'intval', $same_name ) ) ) );
	}
}
