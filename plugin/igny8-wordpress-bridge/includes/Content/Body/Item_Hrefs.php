<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;

/**
 * Links of a body to items of IGNY8: `igny8://item/item_…`. The site stores the address of the item's post. As long as
 * there is no such post, it stores `#igny8/item_…`, which leads nowhere and passes every filter for HTML.
 */
final class Item_Hrefs {

	private const MARK = '~\A(?:igny8://item/|#igny8/)([\w.-]{1,64})\z~';

	/** Links of one body that are looked up; later ones stay open. */
	private const MOST = 200;

	/**
	 * @param callable(string): int $find Returns the id of an item's post; 0 for none.
	 * @return array{0: string, 1: string[]} The body, and the items that have no post yet.
	 */
	public static function put( string $body, callable $find ): array {
		if ( false === strpos( $body, 'igny8' ) ) {
			return [ $body, [] ];
		}
		$urls = [];
		$body = Html_Tags::replace(
			$body,
			'a',
			static function ( DOMElement $link, string $tag ) use ( &$urls, $find ): ?string {
				if ( 1 !== preg_match( self::MARK, trim( $link->getAttribute( 'href' ) ), $match ) ) {
					return null;
				}
				$item = $match[1];
				if ( ! isset( $urls[ $item ] ) ) {
					$id            = count( $urls ) < self::MOST ? $find( $item ) : 0;
					$urls[ $item ] = $id > 0 ? (string) get_permalink( $id ) : '';
				}
				$link->setAttribute( 'href', '' === $urls[ $item ] ? "#igny8/$item" : $urls[ $item ] );
				return Html_Tags::write( $link, $tag );
			}
		);
		return [ $body, array_map( 'strval', array_keys( $urls, '', true ) ) ];
	}
}
