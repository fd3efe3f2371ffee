<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMNode;

/**
 * Prepares HTML for PHP's parser, which knows less of HTML than browsers do. Scripts, drawings and the like pass it by,
 * packed, and come out byte for byte.
 */
final class Raw_Parts {

	/** Stands for a part that is no line of text. */
	public const PART = 'igny8-part';

	/** Stands for a part within a line. */
	public const IN_LINE = 'igny8-in-line';

	private const OF = 'of';

	private const ELEMENT = '~<(script|style|template|noscript|xmp|svg|math|textarea)\b(?:[^<>"\']++|"[^"]*+"|\'[^\']*+\')*+>.*?</\1\s*>~is';

	/** Start => end. */
	private const ENDS = [
		'<!--'      => '-->',
		'<script'   => '</script',
		'<style'    => '</style',
		'<template' => '</template',
		'<noscript' => '</noscript',
		'<xmp'      => '</xmp',
		'<svg'      => '</svg',
		'<math'     => '</math',
		'<textarea' => '</textarea',
	];

	private const UNCLOSED = '~<(?:script|style|template|noscript|xmp|svg|math|textarea|plaintext|igny8-)~i';

	private const LINES = [ 'svg', 'math', 'textarea' ];

	/** Browsers know these without a semicolon, too. */
	private const ENTITY = '~&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|nbsp|copy|reg|laquo|raquo|[aeiouy](?:acute|uml)|[aeiou](?:grave|circ)|[ano]tilde|szlig|ccedil)(?![\w;=])~i';

	/**
	 * Whether a part begins and does not end. Looking for the end of each such part would take the square of the length.
	 */
	public static function is_open( string $html ): bool {
		foreach ( self::ENDS as $start => $end ) {
			$last = strripos( $html, $start );
			if ( false !== $last && false === stripos( $html, $end, $last ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * @return string|null Null if the parser would lose something.
	 */
	public static function pack( string $html ): ?string {
		if ( false !== stripos( $html, '<igny8-' ) || self::is_open( $html ) ) {
			return null;
		}
		$packed = preg_replace_callback(
			self::ELEMENT,
			static function ( array $found ): string {
				$tag = in_array( strtolower( $found[1] ), self::LINES, true ) ? self::IN_LINE : self::PART;
				return "<$tag " . self::OF . '="' . bin2hex( $found[0] ) . "\"></$tag>";
			},
			$html
		);
		if ( ! is_string( $packed ) || 1 === preg_match( self::UNCLOSED, str_replace( [ '<' . self::PART, '<' . self::IN_LINE ], '', $packed ) ) ) {
			return null;
		}
		return self::end_entities( $packed );
	}

	/**
	 * Ends the entities that browsers know without a semicolon.
	 */
	public static function end_entities( string $html ): string {
		return (string) preg_replace( self::ENTITY, '$0;', $html );
	}

	/**
	 * The part that an element stands for; null for every other element.
	 */
	public static function unpack( DOMNode $node ): ?string {
		$is_part = in_array( Html_Source::tag( $node ), [ self::PART, self::IN_LINE ], true );
		return $is_part ? (string) hex2bin( $node->getAttribute( self::OF ) ) : null;
	}
}
