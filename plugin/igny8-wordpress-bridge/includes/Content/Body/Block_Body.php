<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

/**
 * Makes the blocks of a body that is HTML. The same body always becomes the same blocks on the same site.
 */
final class Block_Body {

	/** What the parser of WordPress takes for the mark of a block. */
	private const MARK = '~<!--\s+/?wp:~';

	/** Elements after which a text needs no paragraphs to be made. */
	private const STRUCTURE = '~<(?:p|h[1-6]|ul|ol|dl|table|blockquote|pre|div|figure|section|article|hr|form|details)\b~i';

	public static function has_blocks( string $body ): bool {
		return 1 === preg_match( self::MARK, $body );
	}

	/**
	 * @param string $html Without blocks.
	 * @return string The same text as blocks. If the text can't be read without a loss, one block of HTML has it as it is.
	 */
	public function of( string $html ): string {
		if ( Raw_Parts::is_open( $html ) ) {
			return Block_Maker::html( trim( $html ) );
		}
		$html   = str_replace( [ "\r\n", "\r" ], "\n", $html );
		$source = 1 === preg_match( self::STRUCTURE, $html ) ? $html : wpautop( $html );
		$packed = Raw_Parts::pack( $source );
		$body   = null === $packed ? null : Html_Source::parse( $packed );
		$blocks = null === $body ? '' : Block::join( ( new Block_Maker() )->of( $body ) );
		return Text_Check::is_same( $html, $blocks ) ? $blocks : Block_Maker::html( trim( $html ) );
	}
}
