<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Body\Item_Hrefs;
use Igny8\Bridge\Content\Write\Open_Editor;
use Igny8\Bridge\Content\Write\Stale_Write;
use Igny8\Bridge\Content\Write\Write_Guard;

/**
 * Links to items that are not on the site yet, in meta of the posts that have them. Once the item's post is made, they
 * get its address. IGNY8 learns of that as of an edit on the site, by a webhook.
 */
final class Open_Links {

	public const KEY = '_igny8_open_link';

	/** Posts whose links are resolved with one create. */
	private const MOST = 50;

	private Item_Links $links;

	public function __construct( Item_Links $links ) {
		$this->links = $links;
	}

	/**
	 * @param array<string, int> $posts Item id => post id, as far as the sender knows.
	 * @return array{0: string, 1: string[]} The body with the addresses of posts, and the items that have none.
	 */
	public function resolve( string $body, array $posts ): array {
		return Item_Hrefs::put(
			$body,
			function ( string $item ) use ( $posts ): int {
				$known = $posts[ $item ] ?? 0;
				return $known > 0 && null !== get_post( $known ) ? $known : $this->links->find( $item );
			}
		);
	}

	/**
	 * @param string[] $items Without a post.
	 */
	public static function note( int $post_id, array $items ): void {
		delete_post_meta( $post_id, self::KEY );
		foreach ( $items as $item ) {
			add_post_meta( $post_id, self::KEY, $item );
		}
	}

	/**
	 * Closes the links to an item whose post was just made. A post that is open in an editor, left alone, or changes
	 * meanwhile stays as it is.
	 */
	public function close( string $item ): void {
		global $wpdb;

		$ids = $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT post_id FROM {$wpdb->postmeta} WHERE meta_key = %s AND meta_value = %s ORDER BY post_id LIMIT %d", self::KEY, $item, self::MOST ) );
		foreach ( ( new Rows() )->whole( array_map( 'intval', $ids ) ) as $id => $row ) {
			if ( 'trash' === $row->post_status || 'revision' === $row->post_type ) {
				continue;
			}
			list( $body, $open ) = $this->resolve( $row->post_content, [] );
			try {
				( new Left_Alone() )->check( (int) $id );
				( new Open_Editor() )->check( (int) $id );
				$this->write( $row, $body );
			} catch ( Command_Failure | Stale_Write $left ) {
				continue;
			}
			self::note( (int) $id, $open );
		}
	}

	/**
	 * Only addresses that the plugin made are new, so what the acting user may write is no question.
	 */
	private function write( object $row, string $body ): void {
		if ( $body === $row->post_content ) {
			return;
		}
		Made_Bodies::note( (int) $row->ID, $row->post_content, $body );
		kses_remove_filters();
		try {
			( new Write_Guard( [ 'post_content' => $body ], $row ) )->around(
				static function ( array $mark ) use ( $row, $body ) {
					$post = [
						'ID'            => (int) $row->ID,
						'page_template' => '',
						'post_content'  => wp_slash( $body ),
					];
					return wp_update_post( $post + $mark, true );
				}
			);
		} finally {
			kses_init();
		}
	}
}
