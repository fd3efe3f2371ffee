<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

/**
 * Coded symbols of a set of (post id, etag): the rateless invertible Bloom lookup table of Yang, Gilad and Alizadeh
 * (“Practical Rateless Set Reconciliation”, SIGCOMM 2024). Two sets that differ in d elements are told apart by about
 * 1.4 d symbols, whatever their size. src/site/drift/ computes the same from the API's copy.
 */
final class Sketch {

	/** Of an element: id, first half of the etag, check. */
	private const ELEMENT_BYTES = 18;

	/** @var string[] Exclusive or of the elements of each symbol. */
	private array $sums;

	/** @var int[] How many elements each symbol has. */
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
			// A symbol has an element with the probability 1 / (1 + index / 2); this is the next one that does.
			$random = ( $random * 1664525 + 1013904223 ) & 0xFFFFFFFF;
			$index += max( 1, (int) ceil( ( $index + 1.5 ) * ( 65536 / sqrt( $random + 1 ) - 1 ) ) );
		}
	}

	/**
	 * Elements in all.
	 */
	public function count(): int {
		return $this->counts[0];
	}

	/**
	 * @return string Base64 of each symbol: 18 bytes, and its count as four, most significant first.
	 */
	public function to_base64(): string {
		$bytes = '';
		foreach ( $this->sums as $index => $sum ) {
			$bytes .= $sum . pack( 'N', $this->counts[ $index ] );
		}
		return base64_encode( $bytes );
	}
}
