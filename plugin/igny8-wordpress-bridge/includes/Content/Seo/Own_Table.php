<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Seo;

defined( 'ABSPATH' ) || exit;

/**
 * An SEO plugin that keeps its fields in a table of its own, where WordPress' meta functions and hooks don't reach.
 */
interface Own_Table {

	/**
	 * Meta that the plugin writes along, for other plugins to read.
	 *
	 * @param array<string, mixed> $changes Column => value.
	 * @return array<string, mixed> Meta key => value; null removes it.
	 */
	public function mirrored( array $changes ): array;

	/**
	 * The value as the plugin would store it; another one would be refused as altered.
	 *
	 * @param mixed $value Of the column.
	 * @return mixed
	 */
	public function sanitized( string $column, $value );

	/**
	 * The whole row, to restore it.
	 */
	public function row( int $post_id ): ?array;

	/**
	 * @param array<string, mixed> $changes Column => value.
	 */
	public function write( int $post_id, array $changes ): void;

	public function restore( int $post_id, ?array $row ): void;
}
