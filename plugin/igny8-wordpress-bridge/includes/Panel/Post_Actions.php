<?php

declare(strict_types=1);

namespace Igny8\Bridge\Panel;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Item_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Fields;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Content\Write\Open_Editor;
use Igny8\Bridge\Editor\Kept_Text;
use Igny8\Bridge\Outbox\Outbox;
use Igny8\Bridge\Outbox\Recorder;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;
use WP_Post;

/**
 * What people can do about one post and IGNY8. Callers have checked that they may edit the post.
 */
final class Post_Actions {

	private Item_Api $api;

	private Connection $connection;

	private Key_Store $keys;

	private Left_Alone $left_alone;

	private Recorder $recorder;

	private Documents $documents;

	private Remote_Item $remote;

	public function __construct( Item_Api $api, Connection $connection, Key_Store $keys, Left_Alone $left_alone, Recorder $recorder, Documents $documents, Remote_Item $remote ) {
		$this->api        = $api;
		$this->connection = $connection;
		$this->keys       = $keys;
		$this->left_alone = $left_alone;
		$this->recorder   = $recorder;
		$this->documents  = $documents;
		$this->remote     = $remote;
	}

	/**
	 * @throws Failure If IGNY8 refuses, or can't be asked.
	 */
	public function sync( WP_Post $post ): void {
		try {
			$this->api->sync( $this->connection->integration_id(), $this->keys->api_key(), $post->ID );
		} catch ( Failure $failure ) {
			if ( 'waiting_for_site' !== $failure->reason() ) {
				throw $failure;
			}
		} finally {
			$this->remote->forget( $post->ID );
		}
		// A site that polls fetches its commands.
		do_action( 'igny8_synced_now' );
	}

	/**
	 * Has IGNY8 look at the post soon: the outbox sends what it records.
	 *
	 * @return bool Whether that could be noted.
	 */
	public function sync_soon( WP_Post $post ): bool {
		if ( ! $this->recorder->can_record() || $this->left_alone->has( $post->ID ) || Types::UNSAVED === $post->post_status ) {
			return false;
		}
		$this->recorder->record( Outbox::STATUS, $post->ID, $post->post_type, Types::wire_status( $post->post_status ) );
		$this->remote->forget( $post->ID );
		return true;
	}

	/**
	 * Chooses a side of the conflict. IGNY8's is written at once, even while this person has the post open: their text
	 * stays as a revision.
	 *
	 * @param string                $side   wordpress or igny8.
	 * @param array<string, string> $typed  Texts in the editor: title, body, excerpt.
	 * @return bool Whether the post has another text now.
	 * @throws Failure If IGNY8 refuses, or can't be asked.
	 */
	public function resolve( WP_Post $post, string $side, int $revision, array $typed ): bool {
		$this->remote->forget( $post->ID );
		$item = $this->remote->of( $post->ID )['item'];
		if ( null === $item || 'conflict' !== ( $item['state'] ?? '' ) ) {
			Failure::raise( 'no_conflict', __( 'The conflict is over.', 'igny8-wordpress-bridge' ) );
		}
		$is_ours = 'igny8' === $side;
		if ( $is_ours && ! Post_View::may_take( $post, array_map( 'strval', (array) ( $item['conflict_fields'] ?? [] ) ) ) ) {
			Failure::raise( 'not_allowed', __( 'IGNY8’s version changes whether or when this post is public, and you may not publish it.', 'igny8-wordpress-bridge' ), '', [ 'status' => 403 ] );
		}
		try {
			$this->api->resolve( $this->connection->site_id(), $this->keys->api_key(), (string) $item['id'], $side, $revision );
		} finally {
			$this->remote->forget( $post->ID );
		}
		return $is_ours && $this->write_ours( $post, $typed );
	}

	/**
	 * @return bool Whether somebody decided that just now.
	 */
	public function leave_alone( WP_Post $post ): bool {
		$is_new = $this->left_alone->mark( $post->ID, get_current_user_id() );
		if ( $is_new ) {
			$this->recorder->record_left_alone( $post->ID, $post->post_type );
			$this->remote->forget( $post->ID );
		}
		return $is_new;
	}

	/**
	 * @return bool Whether the post was left alone before.
	 */
	public function sync_again( WP_Post $post ): bool {
		$was_alone = $this->left_alone->unmark( $post->ID );
		if ( $was_alone ) {
			$this->sync_soon( $post );
		}
		return $was_alone;
	}

	/**
	 * @throws Failure If IGNY8 can't write now; the choice stands.
	 */
	private function write_ours( WP_Post $post, array $typed ): bool {
		$before = Fields::of( $this->documents->fresh( $post->ID ) );
		if ( [] !== $before ) {
			Kept_Text::keep( $post->ID, array_merge( $before, array_intersect_key( $typed, array_flip( Fields::TEXTS ) ) ), false );
			Kept_Text::keep( $post->ID, $before, true );
		}
		( new Open_Editor() )->hand_over( $post->ID, get_current_user_id() );
		$this->sync( $post );
		return [] !== Fields::changed( $before, Fields::of( $this->documents->fresh( $post->ID ) ) );
	}
}
