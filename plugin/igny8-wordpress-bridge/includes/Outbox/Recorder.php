<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

use Igny8\Bridge\Content\Tables;

/**
 * Notes changes of posts. The first of a request goes to the table at once, so that it outlives the request; the others
 * are taken together at its end.
 */
final class Recorder {

	private Outbox $outbox;

	private Permission $permission;

	private Tables $tables;

	/** @var array<int, array<int, array>> Site id => post id => row as it was written. */
	private array $recorded = [];

	/** @var array<int, array<int, array>> Site id => post id => row to be written once more, for a change after the first. */
	private array $repeats = [];

	/** @var array<int, array{0: int, 1: array}>|null Site id and row of changes that may turn out to be our own; null while none are. */
	private ?array $held = null;

	public function __construct( Outbox $outbox, Permission $permission, Tables $tables ) {
		$this->outbox     = $outbox;
		$this->permission = $permission;
		$this->tables     = $tables;
	}

	/**
	 * @param string $kind   One of the constants of Outbox.
	 * @param string $status As on the wire.
	 */
	public function record( string $kind, int $post_id, string $post_type, string $status ): void {
		if ( ! $this->can_record() ) {
			return;
		}

		$row = [
			'post_id'   => $post_id,
			'kind'      => $kind,
			'post_type' => $post_type,
			'status'    => $status,
		];
		if ( null !== $this->held ) {
			$this->held[] = [ get_current_blog_id(), $row ];
		} else {
			$this->write( $row );
		}
	}

	public function record_digest(): void {
		if ( $this->can_record() ) {
			$this->outbox->request_digest();
			$this->recorded += [ get_current_blog_id() => [] ];
		}
	}

	public function can_record(): bool {
		return $this->permission->is_given() && $this->tables->exist();
	}

	/**
	 * Keeps what is noted from now on aside, until it is known which post a command answers with.
	 */
	public function hold(): void {
		$this->held = [];
	}

	/**
	 * @param int $answered Post whose changes IGNY8 knows; 0 for none.
	 */
	public function release( int $answered ): void {
		$held       = $this->held ?? [];
		$this->held = null;
		foreach ( $held as list( $site, $row ) ) {
			if ( get_current_blog_id() !== $site ) {
				$this->on_site( $site, [ $row ] );
			} elseif ( $row['post_id'] !== $answered ) {
				$this->write( $row );
			}
		}
	}

	/**
	 * Whether there is something to send since the last flush().
	 */
	public function has_recorded(): bool {
		return [] !== $this->recorded || ( null !== $this->held && [] !== $this->held );
	}

	/**
	 * Whether changes of other sites of the network were noted.
	 *
	 * @return int[] Site ids.
	 */
	public function recorded_sites(): array {
		return array_keys( $this->recorded );
	}

	/**
	 * At the end of the request, and before anything is sent: what was changed after its row was written may have been
	 * missed by another request that sent the row meanwhile.
	 */
	public function flush(): void {
		$this->release( 0 );
		foreach ( $this->repeats as $site => $rows ) {
			$this->on_site( $site, array_values( $rows ) );
		}
		$this->repeats  = [];
		$this->recorded = [];
	}

	private function write( array $row ): void {
		$site    = get_current_blog_id();
		$post_id = $row['post_id'];
		$before  = $this->recorded[ $site ][ $post_id ]['kind'] ?? '';
		if ( $before === $row['kind'] || ( Outbox::STATUS === $before && Outbox::METADATA === $row['kind'] ) ) {
			// Either way the post is fetched whole.
			$this->repeats[ $site ][ $post_id ] = [ 'kind' => $before ] + $row;
			return;
		}

		$this->recorded[ $site ][ $post_id ] = $row;
		unset( $this->repeats[ $site ][ $post_id ] );
		$this->outbox->put( [ $row ] );
		if ( Outbox::DELETED === $row['kind'] ) {
			$this->outbox->drop( $post_id, [ Outbox::STATUS, Outbox::METADATA ] );
		} elseif ( Outbox::METADATA === $before ) {
			$this->outbox->drop( $post_id, [ Outbox::METADATA ] );
		}
	}

	private function on_site( int $site, array $rows ): void {
		$is_other = get_current_blog_id() !== $site;
		if ( $is_other ) {
			switch_to_blog( $site );
		}
		if ( $this->can_record() ) {
			$this->outbox->put( $rows );
		}
		if ( $is_other ) {
			restore_current_blog();
		}
	}
}
