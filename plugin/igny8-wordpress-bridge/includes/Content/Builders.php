<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Recognises the page builder that renders a post, by the meta keys that each builder writes. Visitors see what the
 * builder keeps in its own meta, so nobody would see a change of `post_content` alone.
 */
final class Builders {

	private const BRICKS_MODE = '_bricks_editor_mode';

	/** Meta key => builder. */
	private const MARKS = [
		'_elementor_edit_mode'    => 'elementor',
		'_fl_builder_enabled'     => 'beaver_builder',
		self::BRICKS_MODE         => 'bricks',
		'_bricks_page_content_2'  => 'bricks',
		'_et_pb_use_builder'      => 'divi',
		'_wpb_vc_js_status'       => 'wpbakery',
		'ct_builder_shortcodes'   => 'oxygen',
		'ct_builder_json'         => 'oxygen',
		'_ct_builder_shortcodes'  => 'oxygen',
		'_ct_builder_json'        => 'oxygen',
		'_breakdance_data'        => 'breakdance',
		'breakdance_data'         => 'breakdance',
		'_oxygen_data'            => 'oxygen',
		'panels_data'             => 'siteorigin',
	];

	/** Values with which a mark says that the builder is not in use. */
	private const OFF = [ '', '0', 'off', 'false', 'wordpress', '[]', 'a:0:{}', '{}' ];

	/** Bytes read of a value. Builders keep megabytes there, and a few bytes tell whether it is in use. */
	private const BYTES = 16;

	/**
	 * @param int[] $ids Of posts.
	 * @return array<int, string> Post id => builder; only posts that have one.
	 */
	public function of( array $ids ): array {
		global $wpdb;

		if ( [] === $ids ) {
			return [];
		}
		$is_near = esc_sql( Id_Set::near( 'post_id', $ids ) );
		$places  = implode( ',', array_fill( 0, count( self::MARKS ), '%s' ) );
		$found   = [];
		$left    = [];
		$rows    = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT post_id, meta_key, SUBSTR(meta_value, 1, %d) AS mark FROM {$wpdb->postmeta} WHERE $is_near AND meta_key IN ($places)",
				self::BYTES,
				...array_keys( self::MARKS )
			)
		);
		foreach ( $rows as $row ) {
			$builder = self::MARKS[ $row->meta_key ] ?? null;
			if ( null === $builder ) {
				continue;
			}
			if ( ! in_array( (string) $row->mark, self::OFF, true ) ) {
				$found[ (int) $row->post_id ] = $builder;
			} elseif ( self::BRICKS_MODE === $row->meta_key ) {
				// Bricks keeps its data when a page goes back to WordPress' editor.
				$left[ (int) $row->post_id ] = true;
			}
		}
		return array_intersect_key( array_diff_key( $found, $left ), array_flip( $ids ) );
	}
}
