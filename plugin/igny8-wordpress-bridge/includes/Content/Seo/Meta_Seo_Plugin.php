<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Seo;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Meta_Values;

/**
 * An SEO plugin that keeps its fields in post meta.
 */
abstract class Meta_Seo_Plugin implements Seo_Plugin {

	/**
	 * @return array<string, string> Field => meta key, of the texts.
	 */
	abstract protected function texts(): array;

	/**
	 * Facts about an image that the plugin stores beside its URL: they belong to the old image once the URL changes.
	 *
	 * @return array<string, string[]> Field => meta keys; the first is the attachment's id.
	 */
	abstract protected function image_facts(): array;

	/**
	 * @return string[] Meta keys of the robots directives.
	 */
	abstract protected function robots_keys(): array;

	/**
	 * @param array<string, string> $stored From stored().
	 * @return string[] Directives.
	 */
	abstract protected function robots( array $stored ): array;

	/**
	 * @param string[]              $directives As they are to be.
	 * @param array<string, string> $stored     From stored().
	 * @return array<string, mixed> Meta key => value; null removes it.
	 */
	abstract protected function robots_changes( array $directives, array $stored ): array;

	abstract protected function primary_key( string $taxonomy ): string;

	/**
	 * Whether visitors see only images that are in the media library.
	 */
	public function needs_library(): bool {
		return false;
	}

	/**
	 * Keys that are written past the plugin's own sanitizing, because it would drop directives that a post has.
	 *
	 * @return string[]
	 */
	public function exact_keys(): array {
		return [];
	}

	public function meta_keys( string $taxonomy ): array {
		$facts = array_merge( [], ...array_values( $this->image_facts() ) );
		$keys  = array_merge( array_values( $this->texts() ), $facts, $this->robots_keys() );
		return '' === $taxonomy ? $keys : array_merge( $keys, [ $this->primary_key( $taxonomy ) ] );
	}

	public function stored( array $ids, array $meta ): array {
		$stored = [];
		foreach ( $ids as $id ) {
			$stored[ $id ] = array_map( static fn( array $values ): string => $values[0], $meta[ $id ] ?? [] );
		}
		return $stored;
	}

	public function fields( array $stored, string $taxonomy ): array {
		$fields = [];
		foreach ( $this->texts() as $field => $key ) {
			$fields[ $field ] = self::text( $stored[ $key ] ?? '' );
		}
		$fields[ Seo_Plugins::ROBOTS ]  = $this->robots( $stored );
		$fields[ Seo_Plugins::PRIMARY ] = '' === $taxonomy ? 0 : (int) ( $stored[ $this->primary_key( $taxonomy ) ] ?? 0 );
		return $fields;
	}

	public function changes( array $fields, array $stored, string $taxonomy ): array {
		$now     = $this->fields( $stored, $taxonomy );
		$changes = [];
		foreach ( $fields as $field => $value ) {
			if ( Directives::are_same( $value, $now[ $field ] ) ) {
				continue;
			}
			if ( Seo_Plugins::ROBOTS === $field ) {
				$changes += $this->robots_changes( $value, $stored );
			} elseif ( Seo_Plugins::PRIMARY === $field ) {
				$changes[ $this->primary_key( $taxonomy ) ] = 0 === $value ? null : (string) $value;
			} else {
				$changes[ $this->texts()[ $field ] ] = '' === $value ? null : $value;

				$changes += $this->image_changes( $field, $value );
			}
		}
		return $changes;
	}

	/**
	 * @return array<string, mixed> Meta key => value; null removes it.
	 */
	private function image_changes( string $field, string $url ): array {
		$keys = $this->image_facts()[ $field ] ?? [];
		if ( [] === $keys ) {
			return [];
		}
		$changes = array_fill_keys( $keys, null );
		$id      = '' === $url ? 0 : attachment_url_to_postid( $url );
		if ( $id > 0 ) {
			$changes[ $keys[0] ] = (string) $id;
		}
		return $changes;
	}

	/**
	 * @param string $raw As stored.
	 */
	protected static function text( string $raw ): string {
		$value = Meta_Values::is_plain( $raw ) ? Meta_Values::decode( $raw ) : '';
		return is_string( $value ) ? $value : '';
	}
}
