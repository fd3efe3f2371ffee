<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Body\Block_Body;
use Igny8\Bridge\Content\Body\Editor_Choice;
use Igny8\Bridge\Content\Body\Html_Source;
use Igny8\Bridge\Content\Document_Maker;
use Igny8\Bridge\Content\Types;

/**
 * Makes of a body that was sent what the site's own editor would store: core blocks where the post opens in the block
 * editor. A body that has blocks stays as it was sent, and a post with a classic text stays classic.
 */
final class Body_Maker {

	/** Blocks are longer than their HTML, and a document must still be sendable. */
	private const MOST_BYTES = Document_Maker::LARGEST_BYTES * 3 / 4;

	/**
	 * @param object|null $row As stored; null for a new post.
	 */
	public function make( Change $change, ?object $row ): void {
		$sent = $change->columns['post_content'] ?? null;
		if ( ! is_string( $sent ) || '' === trim( $sent ) || ! $this->takes_blocks( $change, $sent, null === $row ? '' : (string) $row->post_content ) ) {
			return;
		}
		$made = $this->as_filtered( ( new Block_Body() )->of( $sent ) );
		if ( strlen( $made ) <= self::MOST_BYTES ) {
			$this->settle( $change, $sent, $made, $row );
		}
	}

	private function takes_blocks( Change $change, string $sent, string $stored ): bool {
		return Types::ATTACHMENT !== $change->type
			&& ! Block_Body::has_blocks( $sent )
			&& ( '' === trim( $stored ) || Block_Body::has_blocks( $stored ) )
			&& Html_Source::can_parse()
			&& ( new Editor_Choice() )->is_block_editor( $change->type, $change->id );
	}

	/**
	 * For a user who may not write all HTML, WordPress' kses puts a space before the end of an empty element. Whatever else
	 * it would change is for the write to refuse.
	 */
	private function as_filtered( string $body ): string {
		$filtered = false === has_filter( 'content_save_pre', 'wp_filter_post_kses' ) ? $body : wp_unslash( wp_filter_post_kses( wp_slash( $body ) ) );
		return str_replace( '" />', '"/>', $filtered ) === $body ? $filtered : $body;
	}

	private function settle( Change $change, string $sent, string $made, ?object $row ): void {
		if ( null !== $row && $made === $row->post_content ) {
			unset( $change->columns['post_content'] );
		} elseif ( $made !== $sent ) {
			$change->columns['post_content'] = $made;
			$change->sent_body               = $sent;
		}
	}
}
