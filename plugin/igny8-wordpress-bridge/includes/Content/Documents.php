<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Context;
use WP_Post;

/**
 * Reads many documents with a few queries.
 */
final class Documents {

	private const POSTS_AT_ONCE = 100;

	/** Bounds PHP's memory however long the posts are. */
	private const BYTES_AT_ONCE = 2000000;

	private Types $types;

	private Rows $rows;

	private Related_Data $related_data;

	private Document_Maker $maker;

	public function __construct( Types $types, Rows $rows, Related_Data $related_data, Document_Maker $maker ) {
		$this->types        = $types;
		$this->rows         = $rows;
		$this->related_data = $related_data;
		$this->maker        = $maker;
	}

	/**
	 * Reads in the order of the ids until the time or size of the batch is used up, at least one.
	 *
	 * @param int[] $ids Post ids.
	 * @return array{documents: array<int, Document>, reached: int} `reached` ids were read; those without a document don't exist.
	 */
	public function read( array $ids, bool $with_body, Context $context ): array {
		$documents = [];
		$reached   = 0;
		$left      = $context->bytes_left();
		$heads     = $this->heads( $ids );
		foreach ( $this->portions( $ids, $heads ) as $portion ) {
			if ( [] !== $documents && 0 === $context->ms_left() ) {
				break;
			}
			$read = $this->load( array_intersect_key( $heads, array_flip( $portion ) ) );
			foreach ( $portion as $id ) {
				$document = $read[ $id ] ?? null;
				if ( null !== $document ) {
					$document = $with_body ? $document : $document->without_body();
					$left    -= $document->bytes();
					if ( $left < 0 && [] !== $documents ) {
						break 2;
					}
					$documents[ $id ] = $document;
				}
				++$reached;
			}
		}
		return [
			'documents' => $documents,
			'reached'   => $reached,
		];
	}

	/**
	 * The document as stored now, past caches; null if there is none.
	 */
	public function fresh( int $id ): ?Document {
		wp_cache_delete( $id, 'posts' );
		wp_cache_delete( $id, 'post_meta' );
		return $this->load( $this->heads( [ $id ] ) )[ $id ] ?? null;
	}

	/**
	 * @return array<int, object> Heads of the posts that are synced.
	 */
	private function heads( array $ids ): array {
		return array_filter(
			$this->rows->heads( $ids ),
			function ( object $head ): bool {
				return null === $head->left_alone && Types::UNSAVED !== $head->post_status && $this->types->is_synced( $head->post_type );
			}
		);
	}

	/**
	 * @param int[]              $ids   In order.
	 * @param array<int, object> $heads Heads of posts that exist.
	 * @return array<int, int[]>
	 */
	private function portions( array $ids, array $heads ): array {
		$portions = [];
		$portion  = [];
		$bytes    = 0;
		foreach ( $ids as $id ) {
			$size = isset( $heads[ $id ] ) ? (int) $heads[ $id ]->bytes : 0;
			$size = $size > Document_Maker::LARGEST_BYTES ? 0 : $size;
			if ( [] !== $portion && ( $bytes + $size > self::BYTES_AT_ONCE || count( $portion ) >= self::POSTS_AT_ONCE ) ) {
				$portions[] = $portion;
				$portion    = [];
				$bytes      = 0;
			}
			$portion[] = $id;
			$bytes    += $size;
		}
		return [] === $portion ? $portions : array_merge( $portions, [ $portion ] );
	}

	/**
	 * @param array<int, object> $heads By id.
	 * @return array<int, Document> By id.
	 */
	private function load( array $heads ): array {
		$documents = [];
		$ids       = [];
		foreach ( $heads as $id => $head ) {
			if ( (int) $head->bytes > Document_Maker::LARGEST_BYTES ) {
				$documents[ $id ] = Document_Maker::too_large( $head, (int) $head->bytes );
			} else {
				$ids[] = $id;
			}
		}

		$by_type = [];
		foreach ( $this->rows->whole( $ids ) as $id => $row ) {
			$by_type[ $row->post_type ][ $id ] = new WP_Post( sanitize_post( $row, 'raw' ) );
		}
		foreach ( $by_type as $type => $posts ) {
			$documents += $this->of_type( (string) $type, $posts );
		}
		return $documents;
	}

	/**
	 * @param array<int, WP_Post> $posts By id, all of one type.
	 * @return array<int, Document> By id.
	 */
	private function of_type( string $type, array $posts ): array {
		$related_data = $this->related_data->of( $type, array_keys( $posts ) );
		( new Images() )->prime_urls( array_column( array_filter( array_column( $related_data, 'featured' ) ), 'id' ) );
		( new Permalinks() )->prime( array_values( $posts ) );

		$documents = [];
		foreach ( $posts as $id => $post ) {
			$documents[ $id ] = $this->maker->make( $post, $related_data[ $id ] );
		}
		return $documents;
	}
}
