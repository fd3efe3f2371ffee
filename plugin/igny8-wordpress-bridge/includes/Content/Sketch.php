<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Coded symbols of a set of (post id, etag): the rateless invertible Bloom lookup table of Yang, Gilad and Alizadeh
 * (“Practical Rateless Set Reconciliation”, SIGCOMM 2024). About 1.4 d symbols find the d elements in
 * which two sets differ, whatever their size. src/site/drift/ computes the same from the API's copy.
 */
final class Sketch {

	/** Bytes of an element: id, first half of the etag, checksum. */
	private const ELEMENT_BYTES = 18;

	/** @var string[] XOR of the elements of each symbol. */
	private array $sums;

	/** @var int[] Number of elements in each symbol. */
	private array $counts;

	private int $size;

	/**
	 * @param int $size Number of symbols, at least one.
	 */
	public function __construct( int $size ) {
		$this->size   = $size;
		$this->sums   = array_fill( 0, $size, str_repeat( "\0", self::ELEMENT_BYTES ) );
		$this->counts = array_fill( 0, $size, 0 );
	}

	/**
	 * @param string $etag 32 hex digits.
	 */
	public function add( int $id, string $etag ): void {
		$head    = substr( pack( 'J', $id ), 2 ) . hex2bin( substr( $etag, 0, 16 ) );
		$element = $head . hash( 'joaat', $head, true );
		$random  = hexdec( substr( $etag, 8, 8 ) );
		$index   = 0;
		while ( $index < $this->size ) {
			$this->sums[ $index ] = $this->sums[ $index ] ^ $element;
			++$this->counts[ $index ];
			// An element is in a symbol with probability 1 / (1 + index / 2). This computes the next index that has
			// it.
			$random = ( $random * 1664525 + 1013904223 ) & 0xFFFFFFFF;
			$index += max( 1, (int) ceil( ( $index + 1.5 ) * ( 65536 / sqrt( $random + 1 ) - 1 ) ) );
		}
	}

	/**
	 * Number of elements.
	 */
	public function count(): int {
		return $this->counts[0];
	}

	/**
	 * @return string Base64 of all symbols: each 18 bytes and its count as four bytes, big-endian.
	 */
	public function to_base64(): string {
		$bytes = '';
		foreach ( $this->sums as $index => $sum ) {
			$bytes .= $sum . pack( 'N', $this->counts[ $index ] );
		}
		return base64_encode( $bytes );
	}
}
