<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Post_Meta;
use Igny8\Bridge\Content\Seo\Aioseo;
use Igny8\Bridge\Content\Seo\Directives;
use Igny8\Bridge\Content\Seo\Meta_Seo_Plugin;
use Igny8\Bridge\Content\Seo\Own_Table;
use Igny8\Bridge\Content\Seo\Seo_Plugin;
use Igny8\Bridge\Content\Seo\Seo_Plugins;
use Igny8\Bridge\Content\Term_Names;

/**
 * Writes SEO fields. What the SEO plugin keeps in post meta becomes part of the change's meta, so that it is compared,
 * written, verified and undone with it. What it keeps in its own table is written beside it.
 */
final class Seo_Writer {

	private Write_Verifier $write_verifier;

	private ?Seo_Plugin $plugin = null;

	private string $taxonomy = '';

	/** @var array<string, mixed> Field => value as it is to be. */
	private array $fields = [];

	/** @var array<string, mixed> Column => value. */
	private array $columns = [];

	/** @var array{0: int, 1: array|null}|null Post id and row before the write. */
	private ?array $before = null;

	public function __construct( Write_Verifier $write_verifier ) {
		$this->write_verifier = $write_verifier;
	}

	/**
	 * Before anything is compared or written.
	 *
	 * @throws Command_Failure `seo_unavailable`, `invalid_field`, `content_altered`, `not_storable`.
	 */
	public function prepare( Change $change ): void {
		$this->plugin  = null;
		$this->fields  = [];
		$this->columns = [];
		$this->before  = null;
		if ( [] === $change->seo ) {
			return;
		}
		$this->plugin = Seo_Plugins::active();
		if ( null === $this->plugin ) {
			Command_Failure::raise( 'seo_unavailable', 'seo: ' . __( 'No SEO plugin that stores these fields is active on this site.', 'igny8-wordpress-bridge' ) );
		}
		$this->taxonomy = Seo_Plugins::taxonomy( $change->type );
		$stored         = $this->stored( $change->id );
		if ( isset( $change->seo[ Seo_Plugins::ROBOTS ] ) ) {
			$this->check_robots( $change->seo[ Seo_Plugins::ROBOTS ], $stored );
		}
		$this->check_images( $change );
		if ( isset( $change->seo[ Seo_Plugins::PRIMARY ] ) ) {
			$this->reserve_primary( $change, $stored );
		}
		foreach ( $change->seo as $field => $value ) {
			if ( Seo_Plugins::PRIMARY !== $field ) {
				$this->fields[ $field ] = $value;
				$this->stage( $change, "seo.$field", $this->plugin->changes( [ $field => $value ], $stored, $this->taxonomy ) );
			}
		}
	}

	/**
	 * After the terms are written: the primary category may be new.
	 *
	 * @throws Command_Failure `invalid_field` Where the post does not have the category.
	 */
	public function resolve_primary( int $id, Change $change ): void {
		$text = $change->seo[ Seo_Plugins::PRIMARY ] ?? null;
		if ( null === $this->plugin || null === $text ) {
			return;
		}
		$names = new Term_Names();
		$names->of( [ $id ], [ $this->taxonomy ] );
		$term_id = '' === $text ? 0 : array_search( $text, $names->by_id( $id, $this->taxonomy ), true );
		if ( false === $term_id ) {
			/* translators: %s: name of a category. */
			Args::refuse( 'seo.primary_category', sprintf( __( 'The post is not in “%s”. Add this category to it first.', 'igny8-wordpress-bridge' ), $text ) );
		}
		$changes = $this->plugin->changes( [ Seo_Plugins::PRIMARY => $term_id ], $this->stored( $id ), $this->taxonomy );
		foreach ( array_keys( $change->names, 'seo.primary_category', true ) as $key ) {
			if ( ! array_key_exists( $key, $changes ) ) {
				unset( $change->meta[ $key ] );
			}
		}
		$this->fields[ Seo_Plugins::PRIMARY ] = $term_id;
		$this->stage( $change, 'seo.primary_category', $changes );
	}

	public function write( int $id ): void {
		if ( $this->plugin instanceof Own_Table && [] !== $this->columns ) {
			$this->before = [ $id, $this->plugin->row( $id ) ];
			$this->plugin->write( $id, $this->columns );
		}
	}

	/**
	 * @throws Command_Failure `content_altered`.
	 */
	public function check_after( int $id ): void {
		if ( null === $this->before || null === $this->plugin ) {
			return;
		}
		foreach ( $this->fields as $field => $value ) {
			$differing = $this->plugin->changes( [ $field => $value ], $this->stored( $id ), $this->taxonomy );
			if ( [] !== $differing ) {
				$row     = $this->plugin instanceof Own_Table ? $this->plugin->row( $id ) ?? [] : [];
				$failure = Alteration::after_writing( "seo.$field", $this->shown( $differing ), $this->shown( array_intersect_key( $row, $differing ) ), null );
				throw $failure;
			}
		}
	}

	/**
	 * Restores the table. Meta is restored with the post.
	 */
	public function undo(): void {
		if ( null !== $this->before && $this->plugin instanceof Own_Table ) {
			$this->plugin->restore( ...$this->before );
			$this->before = null;
		}
	}

	/**
	 * @param array<string, mixed> $changes Meta key or column => value; null removes it.
	 */
	private function stage( Change $change, string $name, array $changes ): void {
		$meta = $changes;
		if ( $this->plugin instanceof Own_Table ) {
			$this->check_columns( $name, $changes );
			$this->columns = $changes + $this->columns;
			$meta          = $this->plugin->mirrored( $changes );
		}
		$exact = $this->plugin instanceof Meta_Seo_Plugin ? $this->plugin->exact_keys() : [];
		foreach ( $meta as $key => $value ) {
			$change->meta[ $key ]   = $value;
			$change->single[ $key ] = true;
			$change->names[ $key ]  = $name;
			if ( in_array( $key, $exact, true ) ) {
				$change->exact[ $key ] = true;
			}
		}
	}

	/**
	 * Names the key now, so that it is restored if the change is undone.
	 */
	private function reserve_primary( Change $change, array $stored ): void {
		if ( '' === $this->taxonomy ) {
			Args::refuse( 'seo.primary_category', __( 'Posts of this type have no categories.', 'igny8-wordpress-bridge' ) );
		}
		if ( ! $this->plugin instanceof Own_Table ) {
			$this->stage( $change, 'seo.primary_category', array_fill_keys( array_keys( $this->plugin->changes( [ Seo_Plugins::PRIMARY => -1 ], $stored, $this->taxonomy ) ), null ) );
		}
	}

	/**
	 * @param string[] $directives As they are to be.
	 */
	private function check_robots( array $directives, array $stored ): void {
		$pair = Directives::contradiction( $directives );
		if ( [] !== $pair ) {
			/* translators: 1, 2: robots directives. */
			Args::refuse( 'seo.robots', sprintf( __( '“%1$s” and “%2$s” contradict each other.', 'igny8-wordpress-bridge' ), ...$pair ) );
		}
		$known   = $this->plugin->directives();
		$unknown = Directives::unknown( $directives, $known, $this->plugin->fields( $stored, $this->taxonomy )[ Seo_Plugins::ROBOTS ] );
		if ( [] !== $unknown ) {
			/* translators: 1: a robots directive, 2: list of directives. */
			Args::refuse( 'seo.robots', sprintf( __( 'The SEO plugin of this site cannot store “%1$s”, only: %2$s.', 'igny8-wordpress-bridge' ), $unknown[0], implode( ', ', $known ) ) );
		}
	}

	private function check_images( Change $change ): void {
		if ( ! $this->plugin instanceof Meta_Seo_Plugin || ! $this->plugin->needs_library() ) {
			return;
		}
		foreach ( [ 'og_image', 'twitter_image' ] as $field ) {
			$url = $change->seo[ $field ] ?? '';
			if ( '' !== $url && 0 === attachment_url_to_postid( $url ) ) {
				Args::refuse( "seo.$field", __( 'The SEO plugin of this site shows only images of its media library.', 'igny8-wordpress-bridge' ) );
			}
		}
	}

	/**
	 * @param array<string, mixed> $columns Column => value.
	 */
	private function shown( array $columns ): string {
		return implode( ', ', array_map( 'strval', array_filter( $columns, 'is_scalar' ) ) );
	}

	/**
	 * @param array<string, mixed> $changes Column => value.
	 */
	private function check_columns( string $name, array $changes ): void {
		foreach ( $changes as $column => $value ) {
			if ( is_string( $value ) ) {
				$stores = $this->plugin instanceof Own_Table ? $this->plugin->sanitized( $column, $value ) : $value;
				if ( $stores !== $value ) {
					$failure = Alteration::before_writing( $name, $value, $stores, null );
					throw $failure;
				}
				$this->write_verifier->check_storable( $name, Aioseo::table(), $column, $value );
			}
		}
	}

	/**
	 * @return array<string, string>
	 */
	private function stored( int $id ): array {
		$meta = 0 === $id ? [] : ( new Post_Meta() )->of( [ $id ], $this->plugin->meta_keys( $this->taxonomy ) );
		return $this->plugin->stored( [ $id ], $meta )[ $id ];
	}
}
