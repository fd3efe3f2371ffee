<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Rows;
use Throwable;

/**
 * Checks a write at the last filter before WordPress writes the row of a post. The row in the table must still be the
 * compared one, and the data must be what was sent.
 *
 * Between this check and WordPress' UPDATE there is no query, only other plugins' `pre_post_update` hooks. An edit in
 * those microseconds would be overwritten. A lock could not prevent that, because WordPress' own editor takes none.
 */
final class Write_Guard {

	private const MARK = 'igny8_write';

	private const HOOKS = [ 'wp_insert_post_data', 'wp_insert_attachment_data' ];

	private const TEXTS = [
		'post_title'   => 'title',
		'post_content' => 'body',
		'post_excerpt' => 'excerpt',
	];

	/** Columns that stay as they are unless the change names them, whatever WordPress or a filter makes of them. */
	private const KEPT = [ 'post_title', 'post_content', 'post_excerpt', 'post_password', 'post_author', 'post_parent', 'post_type', 'post_mime_type', 'comment_status', 'ping_status', 'menu_order', 'to_ping', 'pinged' ];

	/** Columns that WordPress may derive from others; they stay if the change names none of these. */
	private const DERIVED = [
		'post_status'           => [ 'post_status', 'post_date_gmt' ],
		'post_date'             => [ 'post_status', 'post_date_gmt' ],
		'post_date_gmt'         => [ 'post_status', 'post_date_gmt' ],
		'post_name'             => [ 'post_name', 'post_status', 'post_parent' ],
		'post_content_filtered' => [ 'post_content' ],
	];

	/** Columns that are part of a document. */
	private const COMPARED = [ 'post_title', 'post_content', 'post_excerpt', 'post_name', 'post_status', 'post_date_gmt', 'post_parent', 'post_author', 'post_type' ];

	/** @var array<string, string|int> */
	private array $sent;

	private ?object $row;

	private string $token;

	private bool $may_have_written = false;

	/** @var array|null Columns as WordPress was about to write them, unslashed. */
	private ?array $data = null;

	/**
	 * @param array<string, string|int> $sent Column => value.
	 * @param object|null               $row  Row as compared; null for a new post.
	 */
	public function __construct( array $sent, ?object $row ) {
		$this->sent  = $sent;
		$this->row   = $row;
		$this->token = bin2hex( random_bytes( 8 ) );
	}

	/**
	 * @param callable $write Gets a marker that it must add to the array for WordPress.
	 * @return mixed Result of $write.
	 */
	public function around( callable $write ) {
		global $wp_filter, $wp_current_filter;

		foreach ( self::HOOKS as $hook ) {
			add_filter( $hook, [ $this, 'check' ], PHP_INT_MAX, 2 );
			$hooks[ $hook ] = clone $wp_filter[ $hook ];
		}
		add_filter( 'wp_insert_post_empty_content', [ $this, 'allow_empty' ], PHP_INT_MAX );
		$current = $wp_current_filter;
		try {
			return $write( [ self::MARK => $this->token ] );
		} catch ( Throwable $error ) {
			// An exception would leave WordPress' list of running hooks wrong.
			$wp_filter         = array_merge( $wp_filter, $hooks );
			$wp_current_filter = $current;
			throw $error;
		} finally {
			foreach ( self::HOOKS as $hook ) {
				remove_filter( $hook, [ $this, 'check' ], PHP_INT_MAX );
			}
			remove_filter( 'wp_insert_post_empty_content', [ $this, 'allow_empty' ], PHP_INT_MAX );
		}
	}

	/**
	 * Allows a post without title, text and excerpt, which WordPress would refuse.
	 */
	public function allow_empty(): bool {
		return false;
	}

	/**
	 * @param mixed $data    Slashed columns to write.
	 * @param mixed $postarr Arguments of the write.
	 * @return mixed
	 */
	public function check( $data, $postarr ) {
		if ( $this->token !== ( $postarr[ self::MARK ] ?? '' ) || ! is_array( $data ) ) {
			return $data;
		}

		$this->data = wp_unslash( $data );
		$this->check_texts( $this->data );
		if ( null !== $this->row ) {
			$this->check_row();
			$data = $this->keep_unnamed( $data );
		} else {
			// WordPress sets the modification time of a new post to its date. A listing by modification would miss it
			// in the past, and everything before it in the future.
			$data['post_modified']     = current_time( 'mysql' );
			$data['post_modified_gmt'] = current_time( 'mysql', true );
		}
		$this->may_have_written = true;
		return $this->keep_scheduled( $data );
	}

	/**
	 * WordPress publishes at once what is due within a minute.
	 */
	private function keep_scheduled( array $data ): array {
		$status = $this->sent['post_status'] ?? ( null === $this->row ? '' : $this->row->post_status );
		if ( 'future' === $status && 'publish' === ( $data['post_status'] ?? '' ) && Gmt::to_unix( (string) $data['post_date_gmt'] ) > time() ) {
			$data['post_status'] = 'future';
		}
		return $data;
	}

	/**
	 * @throws Stale_Write If the row has changed.
	 */
	public function check_row(): void {
		$now = $this->read();
		foreach ( self::COMPARED as $column ) {
			if ( null === $now || $now->$column !== $this->row->$column ) {
				throw new Stale_Write();
			}
		}
	}

	/**
	 * Makes the current row the compared one, after the plugin's own change.
	 */
	public function accept_row(): void {
		$this->row              = $this->read();
		$this->may_have_written = true;
	}

	/**
	 * Columns as WordPress was about to write them, unslashed; null if it did not come to that.
	 */
	public function data(): ?array {
		return $this->data;
	}

	/**
	 * Whether the post may have been written.
	 */
	public function may_have_written(): bool {
		return $this->may_have_written;
	}

	private function read(): ?object {
		$id = (int) $this->row->ID;
		return ( new Rows() )->whole( [ $id ] )[ $id ] ?? null;
	}

	/**
	 * What the change doesn't name stays byte for byte. WordPress passes the whole row through its filters, which would
	 * strip HTML that the acting user may not write, date a draft anew, or publish what is overdue.
	 *
	 * @param array $data Slashed columns to write.
	 */
	private function keep_unnamed( array $data ): array {
		$kept = array_diff( self::KEPT, array_keys( $this->sent ) );
		foreach ( self::DERIVED as $column => $from ) {
			if ( [] === array_intersect( $from, array_keys( $this->sent ) ) ) {
				$kept[] = $column;
			}
		}
		foreach ( $kept as $column ) {
			// WordPress gives a post without a slug one when it is published.
			if ( array_key_exists( $column, $data ) && ( 'post_name' !== $column || '' !== $this->row->$column ) ) {
				$data[ $column ] = wp_slash( $this->row->$column );
			}
		}
		return $data;
	}

	private function check_texts( array $data ): void {
		foreach ( self::TEXTS as $column => $name ) {
			if ( isset( $this->sent[ $column ] ) && $this->sent[ $column ] !== $data[ $column ] ) {
				$sent    = (string) $this->sent[ $column ];
				$failure = Alteration::before_writing( $name, $sent, (string) $data[ $column ], ( new Culprit_Finder() )->of_column( $column, $sent, $data ) );
				throw $failure;
			}
		}
	}
}
