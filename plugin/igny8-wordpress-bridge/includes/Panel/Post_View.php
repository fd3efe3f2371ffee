<?php

declare(strict_types=1);

namespace Igny8\Bridge\Panel;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Admin\State_Texts;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Remote_State;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use WP_Post;

/**
 * What the panel in the editors shows of a post, in the words of the person who looks.
 */
final class Post_View {

	private const MOST_EVENTS = 6;

	private Connection $connection;

	private Status $status;

	private Types $types;

	private Left_Alone $left_alone;

	private Local_Facts $local;

	private Remote_Item $remote;

	private Stale_Save_End $stale_saves;

	private Config $config;

	public function __construct( Connection $connection, Status $status, Types $types, Left_Alone $left_alone, Local_Facts $local, Remote_Item $remote, Stale_Save_End $stale_saves, Config $config ) {
		$this->connection  = $connection;
		$this->status      = $status;
		$this->types       = $types;
		$this->left_alone  = $left_alone;
		$this->local       = $local;
		$this->remote      = $remote;
		$this->stale_saves = $stale_saves;
		$this->config      = $config;
	}

	/**
	 * May take some seconds: IGNY8 is asked.
	 *
	 * @return array{state: string, label: string, tone: string, text: string, facts: array, conflict: array|null, history: array, links: array, can: array<string, bool>, is_passing: bool}
	 */
	public function of( WP_Post $post ): array {
		$state = $this->own_state( $post );
		$know  = [
			'item'   => null,
			'events' => [],
		];
		$text  = '';
		if ( '' === $state ) {
			try {
				$know  = $this->remote->of( $post->ID );
				$state = Item_State::of( $know['item'], isset( $this->local->waiting( [ $post->ID ] )[ $post->ID ] ) );
				$this->stale_saves->notice( $post->ID, $know['item'] );
			} catch ( Failure $failure ) {
				$state = Item_State::UNKNOWN;
				$text  = $failure->detail();
			}
		}
		return [
			'state'      => $state,
			'label'      => Item_State::label( $state ),
			'tone'       => Item_State::tone( $state ),
			'text'       => '' === $text ? $this->text( $state, $post, $know['item'] ) : $text,
			'facts'      => $this->facts( $state, $know['item'] ),
			'conflict'   => Item_State::CONFLICT === $state ? $this->conflict( $post, $know['item'] ) : null,
			'history'    => $this->history( $post, $know['events'] ),
			'links'      => $this->links( $state, $know['item'] ),
			'can'        => [
				'sync'       => ! in_array( $state, [ Item_State::NOT_CONNECTED, Item_State::PAUSED, Item_State::TYPE_DENIED, Item_State::LEFT_ALONE, Item_State::UNSAVED ], true ),
				'leave'      => ! in_array( $state, [ Item_State::NOT_CONNECTED, Item_State::TYPE_DENIED, Item_State::LEFT_ALONE, Item_State::UNSAVED ], true ),
				'sync_again' => Item_State::LEFT_ALONE === $state,
			],
			'is_passing' => in_array( $state, Item_State::PASSING, true ),
		];
	}

	/**
	 * The state of a post about which IGNY8 is not asked; '' for others.
	 */
	private function own_state( WP_Post $post ): string {
		if ( ! $this->connection->exists() ) {
			return Item_State::NOT_CONNECTED;
		}
		if ( ! $this->types->is_synced( $post->post_type ) ) {
			return Item_State::TYPE_DENIED;
		}
		if ( $this->left_alone->has( $post->ID ) ) {
			return Item_State::LEFT_ALONE;
		}
		if ( ! $this->status->is_accepted() || Status::DISABLED === $this->status->state() ) {
			return Item_State::PAUSED;
		}
		return Types::UNSAVED === $post->post_status ? Item_State::UNSAVED : '';
	}

	private function text( string $state, WP_Post $post, ?array $item ): string {
		switch ( $state ) {
			case Item_State::PAUSED:
				return ( new State_Texts() )->label( $this->status->state() );
			case Item_State::LEFT_ALONE:
				return $this->decision( $post->ID );
			case Item_State::FAILED:
				return trim( ( $item['error']['detail'] ?? '' ) . ' ' . ( $item['error']['fix'] ?? '' ) );
			case Item_State::CONFLICT:
				/* translators: %s: names of fields, for example “Title, Text”. */
				return sprintf( __( 'Changed both here and in IGNY8: %s. Nothing is overwritten until somebody chooses.', 'igny8-wordpress-bridge' ), Local_Facts::named( (array) ( $item['conflict_fields'] ?? [] ) ) );
			default:
				return Item_State::text( $state );
		}
	}

	private function decision( int $post_id ): string {
		$decision = $this->left_alone->decision( $post_id );
		$user     = null === $decision ? false : get_userdata( $decision['user_id'] );
		return false === $user
			? __( 'IGNY8 neither reads nor changes this post.', 'igny8-wordpress-bridge' )
			/* translators: 1: name of a person, 2: date. */
			: sprintf( __( 'IGNY8 neither reads nor changes this post. %1$s decided so on %2$s.', 'igny8-wordpress-bridge' ), $user->display_name, (string) wp_date( (string) get_option( 'date_format' ), $decision['at'] ) );
	}

	/**
	 * @return array<int, array{label: string, value: string}>
	 */
	private function facts( string $state, ?array $item ): array {
		$at = Remote_State::to_unix( $item['updated_at'] ?? null );
		if ( 0 === $at || in_array( $state, [ Item_State::CONFLICT, Item_State::FAILED ], true ) ) {
			return [];
		}
		$is_ours = in_array( $state, [ Item_State::COMING, Item_State::HELD_BACK ], true );
		return [
			[
				'label' => $is_ours ? __( 'Changed in IGNY8', 'igny8-wordpress-bridge' ) : __( 'Last change synced', 'igny8-wordpress-bridge' ),
				'value' => self::ago( $at ),
			],
		];
	}

	private function conflict( WP_Post $post, array $item ): array {
		$fields = array_map( 'strval', (array) ( $item['conflict_fields'] ?? [] ) );
		return [
			'item'     => (string) ( $item['id'] ?? '' ),
			'revision' => (int) ( $item['revision'] ?? 0 ),
			'may_take' => self::may_take( $post, $fields ),
		];
	}

	/**
	 * IGNY8's version may publish the post, schedule it, or put it into the trash.
	 *
	 * @param string[] $fields Of the conflict.
	 */
	public static function may_take( WP_Post $post, array $fields ): bool {
		$type = get_post_type_object( $post->post_type );
		return [] === array_intersect( [ 'status', 'date', 'author', 'deleted' ], $fields ) || ( null !== $type && current_user_can( $type->cap->publish_posts ) );
	}

	/**
	 * @param array<int, array> $events Of the item.
	 * @return array<int, array{text: string, when: string}> Newest first.
	 */
	private function history( WP_Post $post, array $events ): array {
		$history = $this->local->history( $post->ID );
		foreach ( $events as $event ) {
			$history[] = [
				'at'   => Remote_State::to_unix( $event['finished_at'] ?? null ),
				'text' => self::event( $event ),
			];
		}
		usort(
			$history,
			static function ( array $left, array $right ): int {
				return $right['at'] <=> $left['at'];
			}
		);
		return array_map(
			static function ( array $entry ): array {
				return [
					'text' => $entry['text'],
					'when' => self::ago( $entry['at'] ),
				];
			},
			array_slice( $history, 0, self::MOST_EVENTS )
		);
	}

	private static function event( array $event ): string {
		// Whoever asks with the key of this site is this plugin.
		$name = 'user' === ( $event['actor']['kind'] ?? '' ) ? (string) ( $event['actor']['name'] ?? '' ) : '';
		if ( empty( $event['success'] ) ) {
			/* translators: %s: reason. */
			return sprintf( __( 'A sync of this post failed: %s', 'igny8-wordpress-bridge' ), (string) ( $event['detail'] ?? $event['code'] ?? '' ) );
		}
		return '' === $name
			? __( 'This post was synced on demand.', 'igny8-wordpress-bridge' )
			/* translators: %s: name of a person. */
			: sprintf( __( 'This post was synced on demand (%s).', 'igny8-wordpress-bridge' ), $name );
	}

	/**
	 * @return array<int, array{label: string, url: string}>
	 */
	private function links( string $state, ?array $item ): array {
		$links = [];
		if ( null !== $item ) {
			$links[] = [
				'label' => Item_State::CONFLICT === $state ? __( 'Compare in IGNY8', 'igny8-wordpress-bridge' ) : __( 'Open in IGNY8', 'igny8-wordpress-bridge' ),
				'url'   => $this->config->api_url() . '/sites/' . rawurlencode( $this->connection->site_id() ) . '/items/' . rawurlencode( (string) ( $item['id'] ?? '' ) ),
			];
		}
		if ( in_array( $state, [ Item_State::NOT_CONNECTED, Item_State::PAUSED, Item_State::TYPE_DENIED ], true ) && current_user_can( Settings_Page::CAPABILITY ) ) {
			$links[] = [
				'label' => __( 'Settings of IGNY8', 'igny8-wordpress-bridge' ),
				'url'   => Settings_Page::url(),
			];
		}
		return $links;
	}

	/**
	 * @param int $at Unix seconds.
	 */
	private static function ago( int $at ): string {
		/* translators: %s: time span, for example "5 minutes". */
		return sprintf( __( '%s ago', 'igny8-wordpress-bridge' ), human_time_diff( min( $at, time() ) ) );
	}
}
