<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * One post as sent to IGNY8, or the reason it can't be sent.
 */
final class Document {

	private array $data;

	private int $bytes;

	/**
	 * @param array $data  As docs/protocol-content.md describes it.
	 * @param int   $bytes Approximate bytes of its JSON.
	 */
	public function __construct( array $data, int $bytes ) {
		$this->data  = $data;
		$this->bytes = $bytes;
	}

	/**
	 * @param string $code `item_too_large`, `invalid_utf8` or `unreadable`.
	 */
	public static function unsendable( object $row, string $code, string $detail ): self {
		$data = [
			'id'       => (int) $row->ID,
			'type'     => (string) $row->post_type,
			'modified' => Gmt::to_unix( (string) $row->post_modified_gmt ),
			'etag'     => null,
			'error'    => [
				'code'   => $code,
				'detail' => $detail,
			],
		];
		return new self( $data, 200 + strlen( $detail ) );
	}

	public function id(): int {
		return $this->data['id'];
	}

	public function type(): string {
		return $this->data['type'];
	}

	/**
	 * Null if the post can't be sent.
	 */
	public function etag(): ?string {
		return $this->data['etag'];
	}

	/**
	 * Whether an interrupted `create` left the post.
	 */
	public function is_unfinished(): bool {
		return $this->data['unfinished'] ?? false;
	}

	public function bytes(): int {
		return $this->bytes;
	}

	public function to_array(): array {
		return $this->data;
	}

	public function without_body(): self {
		if ( ! isset( $this->data['body'] ) ) {
			return $this;
		}
		$without = [ 'body' => null ];
		if ( isset( $this->data['stale_save'] ) ) {
			$without['stale_save'] = [ 'base' => null ] + $this->data['stale_save'];
		}
		return new self( array_merge( $this->data, $without ), max( 200, $this->bytes - strlen( $this->data['body'] ) ) );
	}
}
