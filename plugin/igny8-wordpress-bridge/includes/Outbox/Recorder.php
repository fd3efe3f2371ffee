<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Tables;

/**
 * Records changes of posts. The first change of a post is written at once, so that a crash of the request does not
 * lose it; later ones are written together at the end.
 */
final class Recorder {

	private Outbox $outbox;

	private Permission $permission;

	private Tables $tables;

	private Left_Alone $left_alone;

	/** @var array<int, array<int, array>> Site id => post id => row as written. */
	private array $recorded = [];

	/** @var array<int, array<int, array>> Site id => post id => row to write again, for changes after the first. */
	private array $repeats = [];

	/** @var array<int, array{0: int, 1: array}>|null Site id and row of changes that may be the running command's own; null if no command runs. */
	private ?array $held = null;

	public function __construct( Outbox $outbox, Permission $permission, Tables $tables ) {
		$this->outbox     = $outbox;
		$this->permission = $permission;
		$this->tables     = $tables;
		$this->left_alone = new Left_Alone();
	}

	/**
	 * Nothing of a post that is left alone, but that it is gone.
	 *
	 * @param string $kind   One of the constants of Outbox.
	 * @param string $status As on the wire.
	 */
	public function record( string $kind, int $post_id, string $post_type, string $status ): void {
		if ( ! $this->can_record() || ( Outbox::DELETED !== $kind && $this->left_alone->has( $post_id ) ) ) {
			return;
		}

		$row = [
			'post_id'   => $post_id,
			'kind'      => $kind,
			'post_type' => $post_type,
			'status'    => $status,
			// While a command runs, the user is the one as whom IGNY8 writes.
			'user_id'   => null === $this->held ? get_current_user_id() : 0,
		];
		if ( null !== $this->held ) {
			$this->held[] = [ get_current_blog_id(), $row ];
		} else {
			$this->write( $row );
		}
	}

	/**
	 * Has IGNY8 ask for a post that is left alone now, so that it learns that. Drops what waits to be told of it.
	 */
	public function record_left_alone( int $post_id, string $post_type ): void {
		if ( ! $this->can_record() ) {
			return;
		}
		$this->outbox->drop( $post_id, [ Outbox::STATUS, Outbox::METADATA ] );
		$site = get_current_blog_id();
		unset( $this->recorded[ $site ][ $post_id ], $this->repeats[ $site ][ $post_id ] );
		$this->write(
			[
				'post_id'   => $post_id,
				'kind'      => Outbox::METADATA,
				'post_type' => $post_type,
				'status'    => '',
			]
		);
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
	 * Holds back changes until it is known which post the running command answers with.
	 */
	public function hold(): void {
		$this->held = [];
	}

	/**
	 * @param int $answered Post that the command's answer contains, so IGNY8 knows its changes; 0 for none.
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
	 * Whether anything was recorded since the last flush().
	 */
	public function has_recorded(): bool {
		return [] !== $this->recorded || ( null !== $this->held && [] !== $this->held );
	}

	/**
	 * Sites of the network with recorded changes.
	 *
	 * @return int[] Site ids.
	 */
	public function recorded_sites(): array {
		return array_keys( $this->recorded );
	}

	/**
	 * Runs at the end of the request, before anything is sent. Another request may have sent a row before the post's
	 * last change, so changed rows are written again.
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
			// IGNY8 fetches the whole post for either kind.
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
