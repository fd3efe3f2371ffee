<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

/**
 * A validated `apply`. Its properties are read only.
 */
final class Change {

	public string $op = '';

	public string $type = '';

	/** Post id; 0 for a new post. */
	public int $id = 0;

	/** IGNY8's id of a new post. */
	public string $item_id = '';

	/** Etag that the sender last saw; null if the post could not be sent. */
	public ?string $expect = null;

	/** @var array<string, string|int> Column => value to store. */
	public array $columns = [];

	/** Body as it was sent, if the column has what was made of it. */
	public ?string $sent_body = null;

	/** @var array<string, int> Item id => post id of items that the body may link to. */
	public array $linked = [];

	/** @var string[] Items that the body links to and that have no post yet. */
	public array $open_links = [];

	/** @var array<string, string[]> Taxonomy => texts. */
	public array $terms = [];

	/** @var array<string, mixed> Key => value; null deletes it. */
	public array $meta = [];

	/** @var array<string, bool> Key of $meta => whether it is single. */
	public array $single = [];

	/** @var array<string, mixed> SEO field => value. */
	public array $seo = [];

	/** @var array<string, string> Key of $meta => field that it belongs to, for people. */
	public array $names = [];

	/** @var array<string, true> Keys of $meta that are written past sanitizing filters. */
	public array $exact = [];

	/** New alternative text of the featured image; null keeps it. */
	public ?string $image_alt = null;

	/** Whether the post is moved to the trash. */
	public bool $ends_in_trash = false;

	/**
	 * The field of a meta key, as errors name it.
	 */
	public function name_of( string $key ): string {
		return $this->names[ $key ] ?? Write_Verifier::meta_name( $key );
	}

	public function has_fields(): bool {
		return [] !== $this->columns || [] !== $this->terms || [] !== $this->meta || [] !== $this->seo;
	}
}
