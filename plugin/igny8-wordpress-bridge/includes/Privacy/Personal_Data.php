<?php

declare(strict_types=1);

namespace Igny8\Bridge\Privacy;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Tables;
use WP_User;

/**
 * What this plugin keeps of people on this site, for WordPress' tools to export and erase personal data: who saved a post
 * from an old editor, who had a post left alone, and whether IGNY8 writes as this user.
 */
final class Personal_Data {

	private const NAME = 'igny8';

	private const AT_ONCE = 100;

	private Tables $tables;

	private User_Choice $acting_user;

	public function __construct( Tables $tables, User_Choice $acting_user ) {
		$this->tables      = $tables;
		$this->acting_user = $acting_user;
	}

	public function hook(): void {
		add_action( 'admin_init', [ $this, 'suggest_policy' ] );
		add_filter( 'wp_privacy_personal_data_exporters', [ $this, 'add_exporter' ] );
		add_filter( 'wp_privacy_personal_data_erasers', [ $this, 'add_eraser' ] );
	}

	public function suggest_policy(): void {
		$text = __( 'This site works with IGNY8, a service for planning and writing content. IGNY8 gets the posts, pages and other public content of this site in every status, with the names of their authors, and the names of users who may write; no login, e-mail address or comment, and nothing of visitors. It stores nothing in visitors’ browsers. When somebody saves a post from an editor that did not have IGNY8’s version, the plugin keeps who did so for fifteen days.', 'igny8-wordpress-bridge' );
		wp_add_privacy_policy_content( __( 'IGNY8 Bridge', 'igny8-wordpress-bridge' ), '<p>' . esc_html( $text ) . '</p>' );
	}

	/**
	 * @param mixed $exporters WordPress' list.
	 * @return mixed
	 */
	public function add_exporter( $exporters ) {
		return ! is_array( $exporters ) ? $exporters : $exporters + [
			self::NAME => [
				'exporter_friendly_name' => __( 'IGNY8', 'igny8-wordpress-bridge' ),
				'callback'               => [ $this, 'export' ],
			],
		];
	}

	/**
	 * @param mixed $erasers WordPress' list.
	 * @return mixed
	 */
	public function add_eraser( $erasers ) {
		return ! is_array( $erasers ) ? $erasers : $erasers + [
			self::NAME => [
				'eraser_friendly_name' => __( 'IGNY8', 'igny8-wordpress-bridge' ),
				'callback'             => [ $this, 'erase' ],
			],
		];
	}

	/**
	 * @param mixed $email Address.
	 * @param mixed $page  From 1.
	 */
	public function export( $email, $page = 1 ): array {
		$user = get_user_by( 'email', (string) $email );
		$rows = $user instanceof WP_User ? array_merge( $this->saves( $user->ID ), $this->decisions( $user->ID ) ) : [];
		$from = self::AT_ONCE * ( max( 1, (int) $page ) - 1 );
		$data = [];
		foreach ( array_slice( $rows, $from, self::AT_ONCE ) as $row ) {
			$data[] = self::group( 'igny8-' . $row['kind'] . '-' . $row['post'], $row['text'], (string) get_the_title( $row['post'] ), $row['at'] );
		}
		if ( 0 === $from && $user instanceof WP_User && $this->acting_user->current()->id() === $user->ID ) {
			$data[] = self::group( 'igny8-acting-user', __( 'IGNY8 writes as this user', 'igny8-wordpress-bridge' ), '', 0 );
		}
		return [
			'data' => $data,
			'done' => count( $rows ) <= $from + self::AT_ONCE,
		];
	}

	/**
	 * Posts and choices stay; who made them goes.
	 *
	 * @param mixed $email Address.
	 */
	public function erase( $email ): array {
		global $wpdb;

		$user     = get_user_by( 'email', (string) $email );
		$messages = [];
		$removed  = 0;
		if ( $user instanceof WP_User ) {
			foreach ( $this->decisions( $user->ID ) as $row ) {
				update_post_meta( $row['post'], Left_Alone::MARK, '0:' . $row['at'] );
				++$removed;
			}
			if ( $this->tables->exist() ) {
				$removed += (int) $wpdb->update( Tables::stale_saves(), [ 'user_id' => 0 ], [ 'user_id' => $user->ID ] );
			}
			if ( $this->acting_user->current()->id() === $user->ID ) {
				$messages[] = __( 'IGNY8 writes as this user. Choose another one under Settings → IGNY8.', 'igny8-wordpress-bridge' );
			}
		}
		return [
			'items_removed'  => $removed > 0,
			'items_retained' => [] !== $messages,
			'messages'       => $messages,
			'done'           => true,
		];
	}

	/**
	 * @return array<int, array{kind: string, post: int, text: string, at: int}>
	 */
	private function saves( int $user_id ): array {
		global $wpdb;

		if ( ! $this->tables->exist() ) {
			return [];
		}
		$table = Tables::stale_saves();
		$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT post_id, saved_at FROM $table WHERE user_id = %d ORDER BY post_id", $user_id ) );
		return self::rows( 'save', $rows, __( 'Saved from an editor that did not have IGNY8’s version', 'igny8-wordpress-bridge' ) );
	}

	/**
	 * @return array<int, array{kind: string, post: int, text: string, at: int}>
	 */
	private function decisions( int $user_id ): array {
		global $wpdb;

		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT post_id, SUBSTRING( meta_value, %d ) AS saved_at FROM {$wpdb->postmeta} WHERE meta_key = %s AND meta_value LIKE %s ORDER BY post_id", strlen( $user_id . ':' ) + 1, Left_Alone::MARK, $wpdb->esc_like( $user_id . ':' ) . '%' ) );
		return self::rows( 'alone', $rows, __( 'Had IGNY8 leave a post alone', 'igny8-wordpress-bridge' ) );
	}

	/**
	 * @param object[] $rows With post_id and saved_at.
	 */
	private static function rows( string $kind, array $rows, string $text ): array {
		return array_map(
			static function ( object $row ) use ( $kind, $text ): array {
				return [
					'kind' => $kind,
					'post' => (int) $row->post_id,
					'text' => $text,
					'at'   => (int) $row->saved_at,
				];
			},
			$rows
		);
	}

	private static function group( string $id, string $what, string $post, int $at ): array {
		$data = [
			[
				'name'  => __( 'What', 'igny8-wordpress-bridge' ),
				'value' => $what,
			],
		];
		if ( 0 !== $at ) {
			$data[] = [
				'name'  => __( 'Post', 'igny8-wordpress-bridge' ),
				'value' => $post,
			];
			$data[] = [
				'name'  => __( 'When', 'igny8-wordpress-bridge' ),
				'value' => gmdate( 'c', $at ),
			];
		}
		return [
			'group_id'    => self::NAME,
			'group_label' => __( 'IGNY8', 'igny8-wordpress-bridge' ),
			'item_id'     => $id,
			'data'        => $data,
		];
	}
}
