<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Seo\Seo_Reader;

/**
 * The content of a document as a map from field to value. A taxonomy is named `terms.category`, a meta key
 * `meta.place`, an SEO field `seo.title`, as IGNY8 names them. A missing meta key is null.
 */
final class Fields {

	public const TEXTS = [ 'title', 'body', 'excerpt' ];

	private const PLAIN = [ 'title', 'body', 'excerpt', 'slug', 'status', 'date', 'parent', 'featured' ];

	/**
	 * @return array<string, mixed> Empty if the post can't be sent.
	 */
	public static function of( ?Document $document ): array {
		$data = null === $document || null === $document->etag() ? [] : $document->to_array();
		if ( [] === $data ) {
			return [];
		}
		$fields = array_intersect_key( $data, array_flip( self::PLAIN ) );
		foreach ( [ 'terms', 'meta', 'seo' ] as $kind ) {
			foreach ( array_diff_key( (array) ( $data[ $kind ] ?? [] ), 'seo' === $kind ? [ Seo_Reader::PROVIDER => true ] : [] ) as $key => $value ) {
				$fields[ $kind . '.' . $key ] = $value;
			}
		}
		return $fields;
	}

	/**
	 * @return array<string, mixed> Values in $before of the fields that differ in $after.
	 */
	public static function changed( array $before, array $after ): array {
		$changed = [];
		foreach ( array_keys( $before + $after ) as $name ) {
			if ( ! self::is_same( (string) $name, $before[ $name ] ?? null, $after[ $name ] ?? null ) ) {
				$changed[ $name ] = $before[ $name ] ?? null;
			}
		}
		return $changed;
	}

	/**
	 * @param mixed $left  Value.
	 * @param mixed $right Value.
	 */
	public static function is_same( string $name, $left, $right ): bool {
		if ( 'featured' === $name ) {
			// Its URL follows from its id.
			unset( $left['url'], $right['url'] );
		}
		return Etag::json( $left ) === Etag::json( $right );
	}

	/**
	 * As ASCII, so that a column of any character set can store it.
	 */
	public static function encode( array $fields ): string {
		return (string) wp_json_encode( (object) $fields, JSON_PRESERVE_ZERO_FRACTION );
	}

	public static function decode( string $json ): array {
		$fields = json_decode( $json, true );
		return is_array( $fields ) ? $fields : [];
	}

	/**
	 * Name for people.
	 */
	public static function label( string $name ): string {
		$labels = [
			'title'    => __( 'Title', 'igny8-wordpress-bridge' ),
			'body'     => __( 'Text', 'igny8-wordpress-bridge' ),
			'excerpt'  => __( 'Excerpt', 'igny8-wordpress-bridge' ),
			'slug'     => __( 'Slug', 'igny8-wordpress-bridge' ),
			'status'   => __( 'Status', 'igny8-wordpress-bridge' ),
			'date'     => __( 'Date', 'igny8-wordpress-bridge' ),
			'parent'   => __( 'Parent', 'igny8-wordpress-bridge' ),
			'featured' => __( 'Featured image', 'igny8-wordpress-bridge' ),
		];
		if ( isset( $labels[ $name ] ) ) {
			return $labels[ $name ];
		}
		list( $kind, $key ) = explode( '.', $name, 2 ) + [ '', '' ];
		$taxonomy           = 'terms' === $kind ? get_taxonomy( $key ) : false;
		return false === $taxonomy ? $key : (string) $taxonomy->labels->name;
	}

	/**
	 * A value as text, to be compared by people.
	 *
	 * @param mixed $value Of the field.
	 */
	public static function text( string $name, $value ): string {
		if ( 'status' === $name && null !== get_post_status_object( (string) $value ) ) {
			return (string) get_post_status_object( (string) $value )->label;
		}
		if ( 'featured' === $name && is_array( $value ) ) {
			return trim( wp_basename( (string) ( $value['url'] ?? '' ) ) . ' ' . ( $value['alt'] ?? '' ) );
		}
		if ( 'parent' === $name ) {
			return 0 === (int) $value ? '' : get_the_title( (int) $value );
		}
		if ( is_array( $value ) && array_filter( $value, 'is_string' ) === $value ) {
			return implode( ', ', $value );
		}
		return is_array( $value ) ? (string) wp_json_encode( $value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) : (string) $value;
	}
}
