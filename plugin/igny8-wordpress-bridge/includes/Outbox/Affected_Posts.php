<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Types;

/**
 * Records posts that change because a shared term or image changed. If there are too many, it requests a comparison
 * of everything instead.
 */
final class Affected_Posts {

	private const MOST = 500;

	private Recorder $recorder;

	private Types $types;

	public function __construct( Recorder $recorder, Types $types ) {
		$this->recorder = $recorder;
		$this->types    = $types;
	}

	/**
	 * @param int $image Attachment id.
	 */
	public function record_featuring( int $image ): void {
		global $wpdb;

		$rows = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT p.ID, p.post_type, p.post_status FROM {$wpdb->postmeta} m INNER JOIN {$wpdb->posts} p ON p.ID = m.post_id WHERE m.meta_key = %s AND m.meta_value = %s LIMIT %d",
				Meta_Keys::THUMBNAIL, (string) $image, self::MOST + 1
			)
		);
		$this->record( $rows );
	}

	/**
	 * @param int[] $tt_ids Of terms.
	 */
	public function record_with_terms( array $tt_ids ): void {
		global $wpdb;

		if ( [] === $tt_ids ) {
			return;
		}
		$list = implode( ',', array_map( 'intval', $tt_ids ) );
		$rows = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT DISTINCT p.ID, p.post_type, p.post_status FROM {$wpdb->term_relationships} tr INNER JOIN {$wpdb->posts} p ON p.ID = tr.object_id WHERE tr.term_taxonomy_id IN ($list) LIMIT %d",
				self::MOST + 1
			)
		);
		$this->record( $rows );
	}

	/**
	 * @param object[] $rows With ID, post_type and post_status.
	 */
	private function record( array $rows ): void {
		if ( count( $rows ) > self::MOST ) {
			$this->recorder->record_digest();
			return;
		}
		foreach ( $rows as $row ) {
			if ( Types::UNSAVED !== $row->post_status && $this->types->is_synced( $row->post_type ) ) {
				$this->recorder->record( Outbox::METADATA, (int) $row->ID, $row->post_type, Types::wire_status( $row->post_status ) );
			}
		}
	}
}
