<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Content\Write\Write_Log;
use WP_Post;

/**
 * Gives each editor, when it opens, the number of IGNY8's newest write, and the script that speaks up for a newer one.
 */
final class Editor_Screen {

	private const HANDLE = 'igny8-editor';

	private Connection $connection;

	private Tables $tables;

	private Types $types;

	private Write_Log $writes;

	private Stale_Saves $saves;

	private Editor_Actions $actions;

	/** The newest write before WordPress read the post; null on other pages. */
	private ?int $seen = null;

	public function __construct( Connection $connection, Tables $tables, Types $types, Write_Log $writes, Stale_Saves $saves, Editor_Actions $actions ) {
		$this->connection = $connection;
		$this->tables     = $tables;
		$this->types      = $types;
		$this->writes     = $writes;
		$this->saves      = $saves;
		$this->actions    = $actions;
	}

	public function hook(): void {
		// WordPress reads the post after this.
		foreach ( [ 'post.php', 'post-new.php', 'edit.php' ] as $page ) {
			add_action( 'load-' . $page, [ $this, 'opening' ] );
		}
		add_action( 'admin_enqueue_scripts', [ $this, 'enqueue' ] );
		add_action( 'edit_form_top', [ $this, 'fields' ] );
		add_action( 'block_editor_meta_box_hidden_fields', [ $this, 'fields' ] );
		add_filter( 'display_post_states', [ $this, 'states' ], 10, 2 );
	}

	public function opening(): void {
		if ( $this->connection->exists() && $this->tables->exist() ) {
			$this->seen = $this->writes->newest();
		}
	}

	/**
	 * @param mixed $page File name.
	 */
	public function enqueue( $page ): void {
		$post = get_post();
		if ( null === $this->seen ) {
			return;
		}
		if ( 'edit.php' === $page ) {
			$this->enqueue_for_quick_edit();
		} elseif ( $post instanceof WP_Post && $this->types->is_public( $post->post_type ) && current_user_can( 'edit_post', $post->ID ) ) {
			$screen = get_current_screen();
			$this->enqueue_for_editor( $post, null !== $screen && $screen->is_block_editor() );
		}
	}

	/**
	 * What the classic editor's form knows, and the form of the meta boxes in the block editor.
	 */
	public function fields(): void {
		if ( null !== $this->seen ) {
			printf( '<input type="hidden" name="%1$s[seen]" value="%2$d"><input type="hidden" name="%1$s[keep]" value="0">', esc_attr( Save_Context::FIELD ), (int) $this->seen );
		}
	}

	/**
	 * Marks the post in the list: quick edit has no room for a notice.
	 *
	 * @param mixed $states Label by name.
	 * @param mixed $post   WP_Post.
	 * @return mixed
	 */
	public function states( $states, $post ) {
		// The list has read the post's meta already.
		if ( is_array( $states ) && $post instanceof WP_Post && '' !== (string) get_post_meta( $post->ID, Stale_Saves::MARK, true ) && $this->tables->exist() ) {
			$save = $this->saves->get( $post->ID );
			if ( null !== $save && ! $save->is_kept && [] !== $save->ours && ! $this->saves->is_over( $post->ID ) && '' === (string) get_post_meta( $post->ID, Left_Alone::MARK, true ) ) {
				$states['igny8_conflict'] = esc_html__( 'IGNY8 has another version', 'igny8-wordpress-bridge' );
			}
		}
		return $states;
	}

	private function enqueue_for_editor( WP_Post $post, bool $is_block_editor ): void {
		$needs = [ 'heartbeat', 'jquery', 'wp-a11y' ];
		if ( $is_block_editor ) {
			$needs = array_merge( $needs, [ 'wp-api-fetch', 'wp-data', 'wp-editor', 'wp-notices' ] );
		}
		wp_enqueue_style( self::HANDLE, plugins_url( 'assets/editor.css', IGNY8_BRIDGE_FILE ), [], IGNY8_BRIDGE_VERSION );
		wp_enqueue_script( self::HANDLE, plugins_url( 'assets/editor.js', IGNY8_BRIDGE_FILE ), $needs, IGNY8_BRIDGE_VERSION, true );
		$facts = [
			'post'    => $post->ID,
			'seen'    => $this->seen,
			'block'   => $is_block_editor,
			'url'     => admin_url( 'admin-ajax.php' ),
			'action'  => Editor_Actions::ACTION,
			'field'   => Save_Context::FIELD,
			'route'   => rest_get_route_for_post( $post ),
			'state'   => $this->actions->state( $post->ID, (int) $this->seen ),
			'strings' => $this->strings(),
		];
		wp_add_inline_script( self::HANDLE, 'window.igny8Editor = ' . wp_json_encode( $facts, JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
	}

	private function enqueue_for_quick_edit(): void {
		$facts = wp_json_encode( '&' . rawurlencode( Save_Context::FIELD . '[seen]' ) . '=' . (int) $this->seen );
		wp_add_inline_script( 'inline-edit-post', "jQuery( document ).ajaxSend( function ( event, xhr, settings ) { if ( 'string' === typeof settings.data && /(^|&)action=inline-save(&|$)/.test( settings.data ) ) { settings.data += $facts; } } );" );
	}

	/**
	 * @return array<string, string>
	 */
	private function strings(): array {
		return [
			'compare'    => __( 'Compare', 'igny8-wordpress-bridge' ),
			'take'       => __( 'Take IGNY8’s version', 'igny8-wordpress-bridge' ),
			'keep'       => __( 'Keep my version', 'igny8-wordpress-bridge' ),
			'keepSaved'  => __( 'Keep the saved version', 'igny8-wordpress-bridge' ),
			'heading'    => __( 'Your version and IGNY8’s', 'igny8-wordpress-bridge' ),
			'close'      => __( 'Close', 'igny8-wordpress-bridge' ),
			'hint'       => __( 'Whichever you choose, the other text stays among the revisions of this post.', 'igny8-wordpress-bridge' ),
			'keptLater'  => __( 'Your next save keeps your version. IGNY8 is told, and its text can be brought back there.', 'igny8-wordpress-bridge' ),
			'kept'       => __( 'The saved version is kept. IGNY8 is told, and its text can be brought back there.', 'igny8-wordpress-bridge' ),
			'taking'     => __( 'Loading IGNY8’s version…', 'igny8-wordpress-bridge' ),
			'comparing'  => __( 'Comparing…', 'igny8-wordpress-bridge' ),
			'failed'     => __( 'That did not work. Your text is still here; try again.', 'igny8-wordpress-bridge' ),
			'region'     => __( 'IGNY8', 'igny8-wordpress-bridge' ),
		];
	}
}
