<?php

declare(strict_types=1);

namespace Igny8\Bridge\Lists;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Panel\Post_Actions;
use WP_Post;

/**
 * Bulk actions in the lists of posts. WordPress checks the nonce before it calls; each post needs the right to edit it.
 */
final class Bulk_Actions {

	public const SYNC = 'igny8_sync_posts';

	public const LEAVE_ALONE = 'igny8_leave_alone';

	public const SYNC_AGAIN = 'igny8_sync_again';

	private const DONE = 'igny8_done';

	private const COUNT = 'igny8_count';

	private const SKIPPED = 'igny8_skipped';

	private Post_Actions $actions;

	public function __construct( Post_Actions $actions ) {
		$this->actions = $actions;
	}

	public function hook( string $type ): void {
		add_filter( "bulk_actions-edit-$type", [ $this, 'add' ] );
		add_filter( "handle_bulk_actions-edit-$type", [ $this, 'handle' ], 10, 3 );
	}

	public function hook_notice(): void {
		add_action( 'admin_notices', [ $this, 'render_notice' ] );
		add_filter( 'removable_query_args', [ $this, 'forget' ] );
	}

	/**
	 * @param mixed $actions Label by name.
	 * @return mixed
	 */
	public function add( $actions ) {
		return is_array( $actions ) ? $actions + [
			self::SYNC        => __( 'Sync with IGNY8', 'igny8-wordpress-bridge' ),
			self::LEAVE_ALONE => __( 'IGNY8: leave alone', 'igny8-wordpress-bridge' ),
			self::SYNC_AGAIN  => __( 'IGNY8: sync again', 'igny8-wordpress-bridge' ),
		] : $actions;
	}

	/**
	 * @param mixed $url    Where WordPress goes afterwards.
	 * @param mixed $action Name.
	 * @param mixed $ids    Post ids.
	 * @return mixed
	 */
	public function handle( $url, $action, $ids ) {
		if ( ! in_array( $action, [ self::SYNC, self::LEAVE_ALONE, self::SYNC_AGAIN ], true ) || ! is_array( $ids ) ) {
			return $url;
		}
		$done    = 0;
		$skipped = 0;
		foreach ( array_map( 'intval', $ids ) as $id ) {
			$post = current_user_can( 'edit_post', $id ) ? get_post( $id ) : null;
			if ( $post instanceof WP_Post && $this->perform( $action, $post ) ) {
				++$done;
			} else {
				++$skipped;
			}
		}
		return add_query_arg(
			[
				self::DONE    => $action,
				self::COUNT   => $done,
				self::SKIPPED => $skipped,
			],
			remove_query_arg( [ self::DONE, self::COUNT, self::SKIPPED ], (string) $url )
		);
	}

	public function render_notice(): void {
		$action = $_GET[ self::DONE ] ?? '';
		$texts  = is_string( $action ) ? self::texts( $action, self::number( self::COUNT ) ) : [];
		if ( [] === $texts ) {
			return;
		}
		$skipped = self::number( self::SKIPPED );
		if ( $skipped > 0 ) {
			/* translators: %s: number of posts. */
			$texts[] = sprintf( __( 'Posts that stay as they were: %s.', 'igny8-wordpress-bridge' ), number_format_i18n( $skipped ) );
		}
		printf( '<div class="notice notice-success is-dismissible" data-igny8-bulk role="status"><p>%s</p></div>', esc_html( implode( ' ', $texts ) ) );
	}

	/**
	 * @param mixed $names Query arguments that WordPress takes out of the address.
	 * @return mixed
	 */
	public function forget( $names ) {
		return is_array( $names ) ? array_merge( $names, [ self::DONE, self::COUNT, self::SKIPPED ] ) : $names;
	}

	private function perform( string $action, WP_Post $post ): bool {
		switch ( $action ) {
			case self::LEAVE_ALONE:
				return $this->actions->leave_alone( $post );
			case self::SYNC_AGAIN:
				return $this->actions->sync_again( $post );
			default:
				return $this->actions->sync_soon( $post );
		}
	}

	/**
	 * @return string[]
	 */
	private static function texts( string $action, int $count ): array {
		$number = number_format_i18n( $count );
		switch ( $action ) {
			case self::SYNC:
				/* translators: %s: number of posts. */
				return [ sprintf( __( 'Posts that IGNY8 is about to read: %s.', 'igny8-wordpress-bridge' ), $number ) ];
			case self::LEAVE_ALONE:
				/* translators: %s: number of posts. */
				return [ sprintf( __( 'Posts that IGNY8 leaves alone from now on: %s.', 'igny8-wordpress-bridge' ), $number ) ];
			case self::SYNC_AGAIN:
				/* translators: %s: number of posts. */
				return [ sprintf( __( 'Posts that IGNY8 syncs again: %s.', 'igny8-wordpress-bridge' ), $number ) ];
			default:
				return [];
		}
	}

	private static function number( string $name ): int {
		$value = $_GET[ $name ] ?? '';
		return is_string( $value ) ? max( 0, (int) $value ) : 0;
	}
}
