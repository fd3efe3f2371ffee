<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Seo;

defined( 'ABSPATH' ) || exit;

/**
 * One SEO plugin: where it keeps the SEO fields of a post, and how. The fields have one shape for all plugins:
 *
 * - title, description, focus_keyword, canonical, og_title, og_description, og_image, twitter_title,
 *   twitter_description, twitter_image: texts as stored, with the plugin's own variables; '' if nothing is set
 * - robots: directives such as `noindex`; [] if nothing is set, so that the plugin's defaults apply
 * - primary_category: id of a term, 0 for none
 *
 * A stored value is a text as in the database. Names are meta keys, or columns where the plugin has its own table.
 */
interface Seo_Plugin {

	/** Name on the wire. */
	public function name(): string;

	public function is_active(): bool;

	/**
	 * Meta keys whose values the fields are made of. Documents show them in `seo`, not in `meta`.
	 *
	 * @param string $taxonomy Of the primary category; '' for none.
	 * @return string[]
	 */
	public function meta_keys( string $taxonomy ): array;

	/**
	 * @param int[]                                $ids  Post ids.
	 * @param array<int, array<string, string[]>> $meta Post id => meta key => values as stored.
	 * @return array<int, array<string, string>> Post id => name => stored value; without absent ones.
	 */
	public function stored( array $ids, array $meta ): array;

	/**
	 * @param array<string, string> $stored   From stored().
	 * @param string                $taxonomy Of the primary category; '' for none.
	 * @return array<string, mixed> The fields.
	 */
	public function fields( array $stored, string $taxonomy ): array;

	/**
	 * Robots directives that the plugin can store. One that ends in ":" takes a value.
	 *
	 * @return string[]
	 */
	public function directives(): array;

	/**
	 * What to store so that these fields have these values. A value that doesn't change, or that the fields don't show,
	 * stays byte for byte.
	 *
	 * @param array<string, mixed>  $fields   Changed fields.
	 * @param array<string, string> $stored   From stored().
	 * @param string                $taxonomy Of the primary category; '' for none.
	 * @return array<string, mixed> Name => value; null removes it.
	 */
	public function changes( array $fields, array $stored, string $taxonomy ): array;
}
