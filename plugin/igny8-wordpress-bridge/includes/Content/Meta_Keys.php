<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Seo\Seo_Plugins;

/**
 * Meta keys that are synced: those registered for WordPress' REST API, and, where no SEO plugin is active, what two of
 * them have left. The fields of an active one are in `seo`.
 */
final class Meta_Keys {

	public const THUMBNAIL = '_thumbnail_id';

	public const ALT = '_wp_attachment_image_alt';

	public const ITEM = '_igny8_item_id';

	/** Says which post of which site was created for the item. */
	public const LINK = '_igny8_item_link';

	/** Marks a post whose creation has not finished. */
	public const UNFINISHED = '_igny8_unfinished';

	private const SEO = [
		'_yoast_wpseo_title'      => true,
		'_yoast_wpseo_metadesc'   => true,
		'_yoast_wpseo_focuskw'    => true,
		'_yoast_wpseo_canonical'  => true,
		'rank_math_title'         => true,
		'rank_math_description'   => true,
		'rank_math_focus_keyword' => true,
		'rank_math_canonical_url' => true,
	];

	/**
	 * Keys that documents show.
	 *
	 * @return array<string, bool> Key => whether a post has at most one value of it.
	 */
	public function of( string $type ): array {
		return array_diff_key( $this->writable( $type ), array_flip( $this->of_seo( $type ) ) );
	}

	/**
	 * Keys that `apply` takes: an edit of an SEO key may have been made before its plugin's fields were shown in `seo`.
	 *
	 * @return array<string, bool> Key => whether a post has at most one value of it.
	 */
	public function writable( string $type ): array {
		$keys = self::SEO;
		foreach ( [ '', $type ] as $subtype ) {
			foreach ( get_registered_meta_keys( 'post', $subtype ) as $key => $registered ) {
				if ( ! empty( $registered['show_in_rest'] ) ) {
					$keys[ $key ] = (bool) $registered['single'];
				}
			}
		}
		unset( $keys[ self::THUMBNAIL ], $keys[ self::ITEM ], $keys[ self::LINK ], $keys[ self::UNFINISHED ] );
		return $keys;
	}

	/**
	 * Whether it is a key of an SEO plugin.
	 */
	public static function is_seo( string $key ): bool {
		return isset( self::SEO[ $key ] );
	}

	public function has( string $key, string $type ): bool {
		return isset( self::SEO[ $key ] ) || isset( $this->writable( $type )[ $key ] ) || in_array( $key, $this->of_seo( $type ), true );
	}

	/**
	 * @return string[]
	 */
	private function of_seo( string $type ): array {
		$plugin = Seo_Plugins::active();
		return null === $plugin ? [] : $plugin->meta_keys( Seo_Plugins::taxonomy( $type ) );
	}
}
