<?php

declare(strict_types=1);

namespace Igny8\Bridge\Panel;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Content\Types;
use WP_Post;

/**
 * The panel in the block editor, and the box in the classic one. Both ask for what they show once the page is there.
 */
final class Panel_Screen {

	private const HANDLE = 'igny8-panel';

	private Connection $connection;

	private Types $types;

	public function __construct( Connection $connection, Types $types ) {
		$this->connection = $connection;
		$this->types      = $types;
	}

	public function hook(): void {
		add_action( 'admin_enqueue_scripts', [ $this, 'enqueue' ] );
		add_action( 'add_meta_boxes', [ $this, 'add_box' ], 10, 2 );
	}

	/**
	 * @param mixed $page File name.
	 */
	public function enqueue( $page ): void {
		$post = get_post();
		if ( ! in_array( $page, [ 'post.php', 'post-new.php' ], true ) || ! $post instanceof WP_Post || ! $this->concerns( $post ) ) {
			return;
		}
		$screen   = get_current_screen();
		$is_block = null !== $screen && $screen->is_block_editor();
		$needs    = [ 'wp-element', 'wp-api-fetch', 'wp-a11y' ];
		if ( $is_block ) {
			$needs = array_merge( $needs, [ 'wp-components', 'wp-data', 'wp-editor', 'wp-edit-post', 'wp-plugins' ] );
		}
		wp_enqueue_style( self::HANDLE, plugins_url( 'assets/panel.css', IGNY8_BRIDGE_FILE ), [], IGNY8_BRIDGE_VERSION );
		wp_enqueue_script( self::HANDLE, plugins_url( 'assets/panel.js', IGNY8_BRIDGE_FILE ), $needs, IGNY8_BRIDGE_VERSION, true );
		$facts = [
			'path'    => Panel_Route::SPACE . Panel_Route::POSTS . $post->ID,
			'block'   => $is_block,
			'strings' => $this->strings(),
		];
		wp_add_inline_script( self::HANDLE, 'window.igny8Panel = ' . wp_json_encode( $facts, JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
	}

	/**
	 * @param mixed $type Post type.
	 * @param mixed $post WP_Post; something else on other pages.
	 */
	public function add_box( $type, $post = null ): void {
		if ( $post instanceof WP_Post && $this->concerns( $post ) ) {
			// In the block editor the panel takes its place.
			add_meta_box( 'igny8', __( 'IGNY8', 'igny8-wordpress-bridge' ), [ $this, 'render_box' ], (string) $type, 'side', 'default', [ '__back_compat_meta_box' => true ] );
		}
	}

	public function render_box(): void {
		printf( '<div id="igny8-panel"><p>%s</p></div>', esc_html__( 'Asking IGNY8…', 'igny8-wordpress-bridge' ) );
	}

	private function concerns( WP_Post $post ): bool {
		return $this->connection->exists() && $this->types->is_synced( $post->post_type ) && current_user_can( 'edit_post', $post->ID );
	}

	/**
	 * @return array<string, string>
	 */
	private function strings(): array {
		return [
			'title'      => __( 'IGNY8', 'igny8-wordpress-bridge' ),
			'asking'     => __( 'Asking IGNY8…', 'igny8-wordpress-bridge' ),
			'failed'     => __( 'That did not work. Try again.', 'igny8-wordpress-bridge' ),
			'sync'       => __( 'Sync now', 'igny8-wordpress-bridge' ),
			'leave'      => __( 'Leave this post alone', 'igny8-wordpress-bridge' ),
			'syncAgain'  => __( 'Sync this post again', 'igny8-wordpress-bridge' ),
			'keep'       => __( 'Keep WordPress’ version', 'igny8-wordpress-bridge' ),
			'take'       => __( 'Take IGNY8’s version', 'igny8-wordpress-bridge' ),
			'mayNotTake' => __( 'IGNY8’s version changes whether or when this post is public; somebody who may publish has to choose it.', 'igny8-wordpress-bridge' ),
			'hint'       => __( 'The other text stays among the revisions of this post.', 'igny8-wordpress-bridge' ),
			'history'    => __( 'History', 'igny8-wordpress-bridge' ),
			'newTab'     => __( '(opens in a new tab)', 'igny8-wordpress-bridge' ),
			'reload'     => __( 'Loading IGNY8’s version…', 'igny8-wordpress-bridge' ),
		];
	}
}
