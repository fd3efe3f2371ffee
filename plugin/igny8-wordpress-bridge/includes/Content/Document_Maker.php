<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Name;
use Igny8\Bridge\Support\Utf8;
use Throwable;
use WP_Post;

/**
 * Makes the document of a post from its row and related data. A failure concerns only this post.
 */
final class Document_Maker {

	/** Bytes of JSON; the answer to a batch must have room for one document. */
	public const LARGEST_BYTES = 1500000;

	/** Bytes of the field names. */
	private const ENVELOPE_BYTES = 400;

	private Item_Links $links;

	public function __construct( Item_Links $links ) {
		$this->links = $links;
	}

	/**
	 * @param WP_Post $post  As stored.
	 * @param array   $related_data From Related_Data::of().
	 */
	public function make( WP_Post $post, array $related_data ): Document {
		try {
			return $this->make_unguarded( $post, $related_data );
		} catch ( Throwable $error ) {
			// Filters of other plugins for permalinks can throw.
			return Document::unsendable( $post, 'unreadable', Utf8::repair( get_class( $error ) . ': ' . $error->getMessage() ) );
		}
	}

	/**
	 * The etag of the document that make() would return.
	 *
	 * @param object $row   Of the posts table.
	 * @param array  $related_data As for make(), without the image's URL.
	 * @return string|null Null if the post can't be sent.
	 */
	public function etag( object $row, array $related_data ): ?string {
		$json = $this->json( $this->facts( $row, $related_data ) );
		return in_array( false, $json, true ) || self::bytes( $json ) > self::LARGEST_BYTES ? null : Etag::of( $json );
	}

	/**
	 * @return array<string, string|false> JSON of each fact; ends with false if one can't be encoded.
	 */
	private function json( array $facts ): array {
		$json = [];
		foreach ( $facts as $name => $value ) {
			$json[ $name ] = [] === $value ? '{}' : Etag::json( $value );
			if ( false === $json[ $name ] ) {
				break;
			}
		}
		return $json;
	}

	/**
	 * @param string[] $json JSON of each fact.
	 */
	private static function bytes( array $json ): int {
		return array_sum( array_map( 'strlen', $json ) ) + self::ENVELOPE_BYTES;
	}

	private function make_unguarded( WP_Post $post, array $related_data ): Document {
		$facts = $this->facts( $post, $related_data );
		$json  = $this->json( $facts );
		if ( in_array( false, $json, true ) ) {
			$name = (string) array_search( false, $json, true );
			return Document::unsendable( $post, JSON_ERROR_UTF8 === json_last_error() ? 'invalid_utf8' : 'unreadable', $name . ': ' . json_last_error_msg() );
		}

		$bytes = self::bytes( $json );
		if ( $bytes > self::LARGEST_BYTES ) {
			return self::too_large( $post, $bytes );
		}
		$etag = Etag::of( $json );
		unset( $json['body'] );
		$data = $this->data( $post, $facts, $related_data );

		$data['etag']      = $etag;
		$data['meta_etag'] = Etag::of( $json );
		$stale_save        = $related_data['stale_save'];
		$more              = null === $stale_save ? 0 : strlen( Fields::encode( $stale_save->base ) );
		return new Document( $data + $this->stale_save( $stale_save ) + $this->made_of( $facts['body'], $related_data ), $bytes + $more + strlen( $data['url'] ) );
	}

	public static function too_large( object $row, int $bytes ): Document {
		/* translators: 1: size of the post, 2: largest size, both in bytes. */
		$detail = sprintf( __( 'The post has %1$d bytes; at most %2$d can be sent.', 'igny8-wordpress-bridge' ), $bytes, self::LARGEST_BYTES );
		return Document::unsendable( $row, 'item_too_large', $detail );
	}

	/**
	 * What the etag covers, in order. Only terms and meta can be empty arrays, and they are maps.
	 *
	 * @param object $post As stored.
	 */
	private function facts( object $post, array $related_data ): array {
		$featured = $related_data['featured'];
		return [
			'id'           => (int) $post->ID,
			'type'         => (string) $post->post_type,
			'title'        => (string) $post->post_title,
			'body'         => (string) $post->post_content,
			'excerpt'      => (string) $post->post_excerpt,
			'slug'         => (string) $post->post_name,
			'status'       => Types::wire_status( (string) $post->post_status ),
			'date'         => Gmt::to_wire( Gmt::of_post( $post ) ),
			'parent'       => (int) $post->post_parent,
			'author'       => (int) $post->post_author,
			'terms'        => $related_data['terms'],
			'meta'         => $related_data['meta'],
			'featured_id'  => null === $featured ? null : $featured['id'],
			'featured_alt' => null === $featured ? null : $featured['alt'],
		] + $this->marks( $post, $related_data );
	}

	/**
	 * Facts that few posts have. They are left out of all other etags, so that those stay as they were.
	 *
	 * @param object $post As stored.
	 */
	private function marks( object $post, array $related_data ): array {
		return ( null === $related_data['builder'] ? [] : [ 'builder' => $related_data['builder'] ] )
			+ ( '' === (string) ( $post->post_password ?? '' ) ? [] : [ 'protected' => true ] )
			+ ( null === $related_data['seo'] ? [] : [ 'seo' => $related_data['seo'] ] );
	}

	private function data( WP_Post $post, array $facts, array $related_data ): array {
		unset( $facts['featured_id'], $facts['featured_alt'] );
		$author = get_userdata( $facts['author'] );
		$begun  = $this->links->begun( (string) $post->guid );
		return [
			'id'          => $facts['id'],
			'type'        => $facts['type'],
			'etag'        => '',
			'meta_etag'   => '',
			'modified'    => Gmt::to_unix( (string) $post->post_modified_gmt ),
			'author_name' => false === $author ? '' : User_Name::shown( $author ),
			// PHP encodes an empty map as a list.
			'terms'       => (object) $facts['terms'],
			'meta'        => (object) $facts['meta'],
			'featured'    => $this->featured( $related_data['featured'] ),
			'url'         => Utf8::repair( (string) get_permalink( $post ) ),
			'item_id'     => $related_data['item_id'] ?? $begun,
			'unfinished'  => $related_data['is_unfinished'] || null !== $begun,
			'builder'     => $facts['builder'] ?? null,
			'listed'      => Types::is_listed( (string) $post->post_type, (string) $post->post_status ),
			'protected'   => $facts['protected'] ?? false,
			'seo'         => $facts['seo'] ?? null,
		] + $facts;
	}

	/**
	 * Not part of the etag, since it is about how the content came about. Left out of all other documents.
	 */
	private function stale_save( ?Stale_Save $save ): array {
		return null === $save ? [] : [
			'stale_save' => [
				'id'      => $save->id,
				'by'      => Utf8::repair( $save->author() ),
				'at'      => $save->saved_at,
				'certain' => $save->is_certain,
				'kept'    => $save->is_kept,
				'base'    => (object) $save->base,
			],
		];
	}

	/**
	 * Not part of the etag either, and left out of all other documents.
	 */
	private function made_of( string $body, array $related_data ): array {
		$hash = Made_Bodies::of( $body, $related_data['made_body'] );
		return null === $hash ? [] : [ 'made_of' => $hash ];
	}

	private function featured( ?array $image ): ?array {
		return null === $image ? null : [
			'id'  => $image['id'],
			'url' => (string) wp_get_attachment_url( $image['id'] ),
			'alt' => $image['alt'],
		];
	}
}
