<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Commands\Command_Failure;

/**
 * Runs a task as the chosen WordPress user, with that user's capabilities, then restores the user and the filters.
 *
 * WordPress' filters for HTML (kses) stay for a user who may not write unfiltered HTML; what they would change is then
 * refused. Filters that only tidy up (entities, open tags, white space) are off: they would change texts that nobody
 * asked to change.
 */
final class Acting_User {

	private const REWRITING = [
		[ 'title_save_pre', 'trim' ],
		[ 'content_save_pre', 'convert_invalid_entities' ],
		[ 'content_save_pre', 'balanceTags' ],
		[ 'excerpt_save_pre', 'convert_invalid_entities' ],
		[ 'excerpt_save_pre', 'balanceTags' ],
		// WordPress up to 6.6 adds rel="noopener" to links that open a new window.
		[ 'title_save_pre', 'wp_targeted_link_rel' ],
		[ 'content_save_pre', 'wp_targeted_link_rel' ],
		[ 'excerpt_save_pre', 'wp_targeted_link_rel' ],
	];

	private User_Choice $choice;

	public function __construct( User_Choice $choice ) {
		$this->choice = $choice;
	}

	/**
	 * @return mixed Result of $task.
	 * @throws Command_Failure `acting_user_unusable`.
	 */
	public function run( callable $task ) {
		$acting = $this->choice->current();
		$acting->assert_usable();
		$user     = get_current_user_id();
		$has_kses = has_filter( 'content_save_pre', 'wp_filter_post_kses' );
		wp_set_current_user( $acting->id() );
		kses_init();
		$removed = $this->remove_rewriting();
		try {
			return $task();
		} finally {
			foreach ( $removed as $filter ) {
				add_filter( ...$filter );
			}
			wp_set_current_user( $user );
			kses_remove_filters();
			if ( false !== $has_kses ) {
				kses_init_filters();
			}
		}
	}

	/**
	 * @return array<int, array{0: string, 1: string, 2: int}> Arguments of add_filter().
	 */
	private function remove_rewriting(): array {
		$removed = [];
		foreach ( self::REWRITING as list( $hook, $function ) ) {
			$priority = has_filter( $hook, $function );
			if ( is_int( $priority ) ) {
				remove_filter( $hook, $function, $priority );
				$removed[] = [ $hook, $function, $priority ];
			}
		}
		return $removed;
	}
}
