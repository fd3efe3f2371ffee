<?php

declare(strict_types=1);

namespace Igny8\Bridge\Lists;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Panel\Item_State;

/**
 * Marks posts that need somebody, as IGNY8 said last. As post meta, so that WordPress' lists have it without a query.
 */
final class Attention {

	/** `conflict` or `failed`. */
	public const MARK = '_igny8_attention';

	public const STATES = [ Item_State::CONFLICT, Item_State::FAILED ];

	/**
	 * @param string $state One of Item_State.
	 */
	public function note( int $post_id, string $state ): void {
		$mark = in_array( $state, self::STATES, true ) ? $state : '';
		if ( $mark === $this->of( $post_id ) ) {
			return;
		}
		if ( '' === $mark ) {
			delete_post_meta( $post_id, self::MARK );
		} else {
			update_post_meta( $post_id, self::MARK, $mark );
		}
	}

	/**
	 * @return string One of STATES; '' for none.
	 */
	public function of( int $post_id ): string {
		$mark = get_post_meta( $post_id, self::MARK, true );
		return is_string( $mark ) && in_array( $mark, self::STATES, true ) ? $mark : '';
	}
}
