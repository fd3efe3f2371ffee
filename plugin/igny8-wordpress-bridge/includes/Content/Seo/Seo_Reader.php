<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Seo;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Term_Names;

/**
 * Reads the SEO fields of many posts in the shape of the wire.
 */
final class Seo_Reader {

	public const PROVIDER = 'provider';

	/**
	 * @return string[] Meta keys that of() needs.
	 */
	public function meta_keys( string $type ): array {
		$plugin = Seo_Plugins::active();
		return null === $plugin ? [] : $plugin->meta_keys( Seo_Plugins::taxonomy( $type ) );
	}

	/**
	 * @param int[]                               $ids   Ids of posts of one type.
	 * @param array<int, array<string, string[]>> $meta  Post id => meta key => values as stored.
	 * @param Term_Names                          $names That has read the terms of these posts.
	 * @return array<int, array<string, mixed>> Post id => provider and fields; empty without an SEO plugin.
	 */
	public function of( string $type, array $ids, array $meta, Term_Names $names ): array {
		$plugin = Seo_Plugins::active();
		if ( null === $plugin ) {
			return [];
		}
		$taxonomy = Seo_Plugins::taxonomy( $type );
		$seo      = [];
		foreach ( $plugin->stored( $ids, $meta ) as $id => $stored ) {
			$fields = $plugin->fields( $stored, $taxonomy );
			$terms  = $names->by_id( $id, $taxonomy );
			// SEO plugins pass over a primary category that the post does not have.
			$fields[ Seo_Plugins::PRIMARY ] = $terms[ $fields[ Seo_Plugins::PRIMARY ] ] ?? null;

			$seo[ $id ] = [ self::PROVIDER => $plugin->name() ] + $fields;
		}
		return $seo;
	}
}
