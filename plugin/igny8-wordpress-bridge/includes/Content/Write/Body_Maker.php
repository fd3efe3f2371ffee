<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Body\Block_Body;
use Igny8\Bridge\Content\Body\Editor_Choice;
use Igny8\Bridge\Content\Body\Html_Source;
use Igny8\Bridge\Content\Body\Image_Tags;
use Igny8\Bridge\Content\Document_Maker;
use Igny8\Bridge\Content\Media\Body_Images;
use Igny8\Bridge\Content\Open_Links;
use Igny8\Bridge\Content\Types;

/**
 * Makes of a body that was sent what the site's own editor would store: core blocks where the post opens in the block
 * editor. A body that has blocks stays as it was sent, and a post with a classic text stays classic. Images
 * come into the library first, and links to items become those of their posts.
 */
final class Body_Maker {

	/** Blocks are longer than their HTML, and a document must still be sendable. */
	private const MOST_BYTES = Document_Maker::LARGEST_BYTES * 3 / 4;

	private Body_Images $images;

	private Open_Links $links;

	public function __construct( Body_Images $images, Open_Links $links ) {
		$this->images = $images;
		$this->links  = $links;
	}

	/**
	 * @param object|null $row As stored; null for a new post.
	 * @throws Command_Failure `images_pending`.
	 */
	public function make( Change $change, ?object $row, Context $context ): void {
		$sent = $change->columns['post_content'] ?? null;
		if ( ! is_string( $sent ) || '' === trim( $sent ) || Types::ATTACHMENT === $change->type || ! Html_Source::can_parse() ) {
			return;
		}
		$stored = null === $row ? '' : (string) $row->post_content;
		$images = $this->images->of( $sent, $stored, $context );

		list( $body, $change->open_links ) = $this->links->resolve( Image_Tags::put( $sent, $images ), $change->linked );

		$made = $this->takes_blocks( $change, $sent, $stored ) ? $this->as_filtered( ( new Block_Body() )->of( $body ) ) : $body;
		if ( strlen( $made ) <= self::MOST_BYTES ) {
			$this->settle( $change, $sent, $made, $row );
		}
	}

	private function takes_blocks( Change $change, string $sent, string $stored ): bool {
		return ! Block_Body::has_blocks( $sent )
			&& ( '' === trim( $stored ) || Block_Body::has_blocks( $stored ) )
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
