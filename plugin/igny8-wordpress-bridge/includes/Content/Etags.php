<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Etags of the posts of a type in the order of ids, computed from the tables. So they include what other programs
 * wrote there without updating a time. Reads only what an etag needs.
 */
final class Etags {

	private const IDS_AT_ONCE = 20000;

	private const POSTS_AT_ONCE = 1000;

	/** Bounds PHP's memory however long the posts are. */
	private const BYTES_AT_ONCE = 2000000;

	private Rows $rows;

	private Related_Data $related_data;

	private Document_Maker $maker;

	private Left_Alone $left_alone;

	public function __construct( Rows $rows, Related_Data $related_data, Document_Maker $maker ) {
		$this->rows         = $rows;
		$this->related_data = $related_data;
		$this->maker        = $maker;
		$this->left_alone   = new Left_Alone();
	}

	/**
	 * Yields portions, so that the caller can stop in between.
	 *
	 * @param int        $after Id.
	 * @param int[]|null $until Modified (Unix seconds) and id; later posts are skipped.
	 * @return iterable<int, array<int, string>> Last id read => etags by id. A post that can't be sent, or is left alone, has none.
	 */
	public function portions( string $type, int $after, ?array $until ): iterable {
		do {
			$ids   = $this->rows->ids( $type, $after, self::IDS_AT_ONCE );
			$alone = $this->left_alone->among( $ids );
			foreach ( array_chunk( $ids, self::POSTS_AT_ONCE ) as $portion ) {
				$after = $portion[ count( $portion ) - 1 ];
				yield $after => $this->of( $type, array_diff_key( $this->rows->sizes( $type, $portion, $until ), $alone ) );
			}
		} while ( count( $ids ) === self::IDS_AT_ONCE );
	}

	/**
	 * @param array<int, int> $sizes Id => bytes of its texts.
	 * @return array<int, string> By id.
	 */
	private function of( string $type, array $sizes ): array {
		$etags = [];
		$ids   = [];
		$bytes = 0;
		foreach ( $sizes as $id => $size ) {
			if ( $size > Document_Maker::LARGEST_BYTES ) {
				continue;
			}
			if ( [] !== $ids && $bytes + $size > self::BYTES_AT_ONCE ) {
				$etags += $this->read( $type, $ids );
				$ids    = [];
				$bytes  = 0;
			}
			$ids[]  = $id;
			$bytes += $size;
		}
		return $etags + $this->read( $type, $ids );
	}

	/**
	 * @param int[] $ids Ids of posts of the type.
	 * @return array<int, string> By id.
	 */
	private function read( string $type, array $ids ): array {
		if ( [] === $ids ) {
			return [];
		}
		$related_data = $this->related_data->of( $type, $ids );
		$etags        = [];
		foreach ( $this->rows->texts( $ids ) as $id => $row ) {
			$etag = $this->maker->etag( $row, $related_data[ $id ] );
			if ( null !== $etag ) {
				$etags[ $id ] = $etag;
			}
		}
		return $etags;
	}
}
