<?php

declare(strict_types=1);

namespace Igny8\Bridge\Publishing;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Support\Lock;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Settings;
use Igny8\Bridge\Support\Stored_Option;

/**
 * Publishes scheduled posts that WordPress' cron has missed, through WordPress' own function, with all its hooks.
 *
 * Exactly one process may do so, and only while the post is still scheduled for that time. WordPress' function checks
 * neither at the moment it writes. So the row is changed first, on the condition that it is as it was found; who has
 * changed it goes on. A post that was unscheduled or moved meanwhile no longer meets the condition.
 */
final class Overdue_Publisher {

	/** Later than that, somebody should decide whether the post is still wanted: it is only reported. */
	private const LATEST_S = DAY_IN_SECONDS;

	private const LOCK_TTL_S = 300;

	/** Before the outbox is sent, so that IGNY8 learns of it in the same request. */
	private const BEFORE_OUTBOX = 40;

	private Overdue_Posts $posts;

	private Connection $connection;

	private Settings $settings;

	private Log $log;

	private Stored_Option $option;

	public function __construct( Overdue_Posts $posts, Connection $connection, Settings $settings, Log $log ) {
		$this->posts      = $posts;
		$this->connection = $connection;
		$this->settings   = $settings;
		$this->log        = $log;
		$this->option     = new Stored_Option( 'igny8_overdue', [], false );
	}

	public function hook(): void {
		add_action( 'wp_loaded', [ $this, 'after_cron' ] );
		add_action( 'admin_init', [ $this, 'after_admin_request' ] );
		add_action( 'igny8_commands_answered', [ $this, 'at_end' ] );
		// Commands of a poll may run after `shutdown`. Before the outbox flushes what they changed.
		add_action( 'igny8_commands_executed', [ $this, 'run' ], 5 );
	}

	/**
	 * WordPress' own events come first: they may publish the posts.
	 */
	public function after_cron(): void {
		if ( wp_doing_cron() ) {
			$this->at_end();
		}
	}

	public function after_admin_request(): void {
		if ( ! wp_doing_ajax() ) {
			$this->at_end();
		}
	}

	public function at_end(): void {
		add_action( 'shutdown', [ $this, 'run' ], self::BEFORE_OUTBOX );
	}

	public function run(): void {
		$due = $this->may_publish() ? $this->posts->find() : [];
		if ( [] === $due ) {
			return;
		}
		$lock = new Lock( 'overdue_posts', self::LOCK_TTL_S );
		if ( ! $lock->acquire() ) {
			return;
		}

		try {
			foreach ( $due as $post ) {
				if ( $post['due_at'] >= time() - self::LATEST_S ) {
					$this->publish( $post );
				}
			}
		} finally {
			$lock->release();
		}
	}

	/**
	 * As in the answer to `status`.
	 */
	public function describe(): array {
		$due  = $this->posts->find();
		$last = $this->option->all();
		return [
			'overdue'        => count( $due ),
			'posts'          => array_map(
				static function ( array $post ): array {
					return [
						'id'     => $post['id'],
						'due_at' => $post['due_at'],
					];
				},
				$due
			),
			'last_published' => isset( $last['id'], $last['due_at'], $last['at'] ) ? array_map( 'intval', $last ) : null,
		];
	}

	/**
	 * A copy of the site changes nothing.
	 */
	private function may_publish(): bool {
		if ( ! $this->connection->exists() || $this->connection->is_clone() || ! $this->settings->is_sync_enabled() ) {
			return false;
		}
		/**
		 * Filters whether this plugin publishes scheduled posts that WordPress has missed.
		 *
		 * @param bool $may_publish True by default.
		 */
		return (bool) apply_filters( 'igny8_publish_overdue', true );
	}

	/**
	 * @param array{id: int, due_at: int, gmt: string} $found
	 */
	private function publish( array $found ): void {
		global $wpdb;

		// A persistent object cache may be behind the table.
		clean_post_cache( $found['id'] );
		$post = get_post( $found['id'] );
		if ( null === $post || 'future' !== $post->post_status ) {
			return;
		}
		$changed = $wpdb->query(
			$wpdb->prepare(
				"UPDATE {$wpdb->posts} SET post_status = 'publish' WHERE ID = %d AND post_status = 'future' AND post_date_gmt = %s",
				$found['id'], $found['gmt']
			)
		);
		if ( 1 !== $changed ) {
			clean_post_cache( $found['id'] );
			return;
		}
		// The object still says `future`, so that WordPress runs the hooks of this transition.
		wp_publish_post( $post );
		$this->record( $found );
	}

	/**
	 * @param array{id: int, due_at: int, gmt: string} $found
	 */
	private function record( array $found ): void {
		$this->option->replace(
			[
				'id'     => $found['id'],
				'due_at' => $found['due_at'],
				'at'     => time(),
			]
		);
		$this->log->warning(
			'schedule_late',
			/* translators: 1: post id, 2: date and time. */
			sprintf( __( 'WordPress missed the time of post %1$d (%2$s UTC), so the plugin published it.', 'igny8-wordpress-bridge' ), $found['id'], gmdate( 'Y-m-d H:i', $found['due_at'] ) )
		);
	}
}
