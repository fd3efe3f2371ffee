<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Seo\Seo_Reader;

/**
 * Reads terms, meta and featured images of many posts at once.
 */
final class Related_Data {

	private Types $types;

	private Meta_Keys $keys;

	private Item_Links $links;

	private Images $images;

	private Seo_Reader $seo;

	public function __construct( Types $types, Meta_Keys $keys, Item_Links $links ) {
		$this->types  = $types;
		$this->keys   = $keys;
		$this->links  = $links;
		$this->images = new Images();
		$this->seo    = new Seo_Reader();
	}

	/**
	 * @param int[] $ids Ids of posts of one type.
	 * @return array<int, array> Id => terms (taxonomy => texts, of every taxonomy), meta (key => value), featured (id and alt, or null), builder (or null), stale_save (or null), seo (or null), made_body (raw notes), item_id (or null), is_unfinished.
	 */
	public function of( string $type, array $ids ): array {
		$taxonomies   = $this->types->taxonomies( $type );
		$keys         = $this->keys->of( $type );
		$meta         = ( new Post_Meta() )->of( $ids, array_merge( array_map( 'strval', array_keys( $keys ) ), $this->seo->meta_keys( $type ), [ Meta_Keys::THUMBNAIL, Stale_Saves::MARK, Made_Bodies::KEY ], Item_Links::KEYS ) );
		$names        = new Term_Names();
		$terms        = $names->of( $ids, $taxonomies );
		$seo          = $this->seo->of( $type, $ids, $meta, $names );
		$images       = $this->images->of( $this->thumbnails( $meta ) );
		$builders     = ( new Builders() )->of( $ids );
		$stale_saves  = ( new Stale_Saves() )->of( $this->marked( $meta ) );
		$no_terms     = array_fill_keys( $taxonomies, [] );
		$related_data = [];
		foreach ( $ids as $id ) {
			$related_data[ $id ] = [
				'terms'    => ( $terms[ $id ] ?? [] ) + $no_terms,
				'meta'     => isset( $meta[ $id ] ) ? $this->values( $meta[ $id ], $keys ) : [],
				'featured' => $images[ $id ] ?? null,
				'builder'  => $builders[ $id ] ?? null,
				'stale_save' => $stale_saves[ $id ] ?? null,
				'seo'      => $seo[ $id ] ?? null,
				'made_body' => $meta[ $id ][ Made_Bodies::KEY ] ?? [],
			] + $this->links->of( $id, $meta[ $id ] ?? [] );
		}
		return $related_data;
	}

	/**
	 * @param array<string, string[]> $stored Key => raw values.
	 * @param array<string, bool>     $keys   Key => whether it is single.
	 */
	private function values( array $stored, array $keys ): array {
		$values = [];
		foreach ( array_intersect_key( $keys, $stored ) as $key => $is_single ) {
			$raw = $stored[ $key ];
			// A value that JSON can't express is neither sent nor written.
			if ( $raw !== array_filter( $raw, [ Meta_Values::class, 'is_plain' ] ) ) {
				continue;
			}
			$decoded        = array_map( [ Meta_Values::class, 'shown' ], array_map( [ Meta_Values::class, 'decode' ], $raw ) );
			$values[ $key ] = $is_single ? $decoded[0] : $decoded;
		}
		return $values;
	}

	/**
	 * @return int[] Ids of posts with a stale save.
	 */
	private function marked( array $meta ): array {
		return array_keys(
			array_filter(
				$meta,
				static function ( array $of_post ): bool {
					return isset( $of_post[ Stale_Saves::MARK ] );
				}
			)
		);
	}

	/**
	 * @return array<int, int> Post id => attachment id.
	 */
	private function thumbnails( array $meta ): array {
		return array_map(
			static function ( array $of_post ): int {
				return (int) ( $of_post[ Meta_Keys::THUMBNAIL ][0] ?? 0 );
			},
			$meta
		);
	}
}
