<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

/**
 * What an `apply` asks for, checked. Its properties are read only.
 */
final class Change {

	public string $op = '';

	public string $type = '';

	/** Of the post; 0 for one that is to be made. */
	public int $id = 0;

	/** IGNY8's id of a post that is to be made. */
	public string $item_id = '';

	/** Etag that the sender last saw; null where it saw a post that could not be sent. */
	public ?string $expect = null;

	/** @var array<string, string|int> Column => value, as it is to be stored. */
	public array $columns = [];

	/** @var array<string, string[]> Taxonomy => texts. */
	public array $terms = [];

	/** @var array<string, mixed> Key => value, null to delete it. */
	public array $meta = [];

	/** @var array<string, bool> Key of $meta => whether it is single. */
	public array $single = [];

	/** Alternative text that the featured image is to have; null leaves it as it is. */
	public ?string $image_alt = null;

	/** Whether the post is to end in the trash. */
	public bool $ends_in_trash = false;

	public function has_fields(): bool {
		return [] !== $this->columns || [] !== $this->terms || [] !== $this->meta;
	}
}
