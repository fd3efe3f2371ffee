<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Document;

/**
 * Result of an `apply`.
 */
final class Result {

	public const APPLIED = 'applied';

	public const STALE = 'stale';

	private string $outcome;

	private ?Document $document;

	private bool $created;

	private bool $was_applied;

	private bool $is_finished = true;

	private function __construct( string $outcome, ?Document $document, bool $created, bool $was_applied ) {
		$this->outcome     = $outcome;
		$this->document    = $document;
		$this->created     = $created;
		$this->was_applied = $was_applied;
	}

	/**
	 * @param Document|null $document As stored now; null if the post was deleted.
	 */
	public static function applied( ?Document $document, bool $created = false ): self {
		return new self( self::APPLIED, $document, $created, true );
	}

	/**
	 * An interrupted create left a part of the post, and somebody has edited it since.
	 */
	public static function unfinished( Document $document ): self {
		$result              = new self( self::APPLIED, $document, false, true );
		$result->is_finished = false;
		return $result;
	}

	/**
	 * Nothing was written, because the post is not as expected.
	 */
	public static function stale( ?Document $document ): self {
		return new self( self::STALE, $document, false, false );
	}

	/**
	 * An earlier attempt of the same command was applied, but the post was edited since.
	 */
	public static function overtaken( ?Document $document ): self {
		return new self( self::STALE, $document, false, true );
	}

	public function outcome(): string {
		return $this->outcome;
	}

	public function document(): ?Document {
		return $this->document;
	}

	public function is_created(): bool {
		return $this->created;
	}

	/**
	 * As on the wire.
	 */
	public function to_array(): array {
		return [
			'outcome'     => $this->outcome,
			'item'        => null === $this->document ? null : $this->document->to_array(),
			'created'     => $this->created,
			'was_applied' => $this->was_applied,
			'is_finished' => $this->is_finished,
			// The post is the item's own: copies of its meta don't count.
			'is_linked'   => true,
		];
	}
}
