<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;
use WP_Block_Type;
use WP_Block_Type_Registry;

/**
 * One core block as WordPress' own editor would save it. Which classes and attributes that takes differs by version of
 * WordPress, and the site's registry of blocks says it.
 */
final class Block {

	/** Classes that blocks, editors and word processors make themselves. */
	private const OWN_CLASSES = '/\A(?:wp-|has-|is-|align(?:left|right|center|wide|full|none)\z|size-|Mso|Apple-|ql-|gmail_)/';

	/** Blocks whose `save()` begins with a class; all others begin with the anchor. */
	private const CLASS_FIRST = [ 'paragraph', 'heading', 'quote', 'image', 'separator', 'embed' ];

	private string $name;

	private ?WP_Block_Type $type;

	/** @var array<string, mixed> As in the block's comment. */
	private array $attributes;

	/** @var string[] */
	private array $classes = [];

	/** @var string[] Of the element that the block is made of. */
	private array $more_classes = [];

	private ?string $id = null;

	/**
	 * @param string               $name       Without `core/`.
	 * @param array<string, mixed> $attributes Those that the editor keeps in the comment.
	 */
	public function __construct( string $name, array $attributes = [] ) {
		$this->name       = $name;
		$this->attributes = $attributes;
		$this->type       = WP_Block_Type_Registry::get_instance()->get_registered( 'core/' . $name );
		if ( false !== ( $this->type->supports['className'] ?? true ) ) {
			$this->classes[] = 'wp-block-' . $name;
		}
	}

	/**
	 * Takes over anchor and classes of the element that the block is made of.
	 */
	public function like( ?DOMElement $element ): self {
		if ( null === $element ) {
			return $this;
		}
		$id = $element->getAttribute( 'id' );
		if ( 1 === preg_match( '/\A\S+\z/', $id ) && true === ( $this->type->supports['anchor'] ?? false ) ) {
			$this->id = $id;
		}
		$classes = preg_grep( self::OWN_CLASSES, Html_Source::classes( $element ), PREG_GREP_INVERT );
		if ( is_array( $classes ) && [] !== $classes ) {
			$this->attributes['className'] = implode( ' ', $classes );
			$this->more_classes            = $classes;
		}
		return $this;
	}

	/**
	 * Aligns the text as the element does.
	 */
	public function aligned( ?DOMElement $element ): self {
		$align = null === $element ? null : self::text_align( $element );
		if ( null === $align ) {
			return $this;
		}
		$attribute = 'paragraph' === $this->name ? 'align' : 'textAlign';
		if ( $this->has( $attribute ) ) {
			$this->attributes[ $attribute ] = $align;
		} else {
			$this->attributes['style'] = [ 'typography' => [ 'textAlign' => $align ] ];
		}
		return $this->with_class( 'has-text-align-' . $align );
	}

	public static function text_align( DOMElement $element ): ?string {
		$align = strtolower( $element->getAttribute( 'align' ) );
		if ( 1 === preg_match( '/(?:\A|;)\s*text-align\s*:\s*(\w+)/i', $element->getAttribute( 'style' ), $match ) ) {
			$align = strtolower( $match[1] );
		}
		return in_array( $align, [ 'left', 'center', 'right' ], true ) ? $align : null;
	}

	public function with_class( string ...$classes ): self {
		$this->classes = array_merge( $this->classes, $classes );
		return $this;
	}

	/**
	 * Whether blocks of this kind have the attribute in this version of WordPress.
	 */
	public function has( string $attribute ): bool {
		return isset( $this->type->attributes[ $attribute ] );
	}

	/**
	 * What the site's registry says of an attribute.
	 */
	public function attribute( string $name ): array {
		return $this->type->attributes[ $name ] ?? [];
	}

	/**
	 * The start of the outermost element.
	 *
	 * @param string $more Attributes, as HTML with a space before each.
	 */
	public function open( string $tag, string $more = '' ): string {
		$classes = array_unique( array_merge( $this->classes, $this->more_classes ) );
		$class   = [ 'class' => [] === $classes ? null : implode( ' ', $classes ) ];
		$id      = [ 'id' => $this->id ];
		return "<$tag$more" . Html_Writer::attributes( in_array( $this->name, self::CLASS_FIRST, true ) ? $class + $id : $id + $class ) . '>';
	}

	/**
	 * @param string $html From open() on, to the end.
	 */
	public function html( string $html ): string {
		$attributes = [] === $this->attributes ? '' : serialize_block_attributes( $this->sorted() ) . ' ';
		return "<!-- wp:$this->name $attributes-->\n$html\n<!-- /wp:$this->name -->";
	}

	/**
	 * The attributes in the order of the registry, as the editor writes them; those that it does not define come last.
	 */
	private function sorted(): array {
		$known = array_intersect_key( $this->type->attributes ?? [], $this->attributes );
		unset( $known['align'], $known['className'] );
		$last   = 'image' === $this->name ? [ 'align', 'className' ] : [ 'className' ];
		$first  = 'image' === $this->name ? [] : [ 'align' ];
		$sorted = [];
		foreach ( array_merge( $first, array_keys( $known ), $last ) as $attribute ) {
			if ( isset( $this->attributes[ $attribute ] ) ) {
				$sorted[ $attribute ] = $this->attributes[ $attribute ];
			}
		}
		return $sorted + $this->attributes;
	}

	/**
	 * @param string[] $blocks Beside each other.
	 */
	public static function join( array $blocks ): string {
		return implode( "\n\n", $blocks );
	}
}
