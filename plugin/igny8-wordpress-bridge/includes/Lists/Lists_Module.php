<?php

declare(strict_types=1);

namespace Igny8\Bridge\Lists;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Item_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Panel\Panel_Module;
use Igny8\Bridge\Panel\Panel_Route;
use Igny8\Bridge\Security\Key_Store;

/**
 * Builds and hooks what the lists of posts show of IGNY8: a column, a filter, bulk actions.
 */
final class Lists_Module {

	private const HANDLE = 'igny8-lists';

	public Attention $attention;

	private Connection $connection;

	private Tables $tables;

	private Panel_Module $panel;

	private States_Route $route;

	public function __construct( Item_Api $api, Connection $connection, Status $status, Key_Store $keys, Tables $tables, Panel_Module $panel ) {
		$this->connection = $connection;
		$this->tables     = $tables;
		$this->panel      = $panel;
		$this->attention  = new Attention();
		$this->route      = new States_Route( $api, $connection, $status, $keys, new Left_Alone(), $panel->local, $this->attention );
	}

	public function hook(): void {
		$this->route->hook();
		if ( is_admin() ) {
			// Quick edit renders a row of the list as well.
			add_action( 'admin_init', [ $this, 'hook_lists' ] );
			add_action( 'admin_enqueue_scripts', [ $this, 'enqueue' ] );
		}
	}

	public function hook_lists(): void {
		$types = $this->types();
		if ( [] === $types ) {
			return;
		}
		$column = new Post_Column( $this->panel->local, $this->attention );
		$bulk   = new Bulk_Actions( $this->panel->actions );
		foreach ( $types as $type ) {
			$column->hook( $type );
			$bulk->hook( $type );
		}
		$bulk->hook_notice();
		( new Post_Filter( $this->tables, $types ) )->hook();
	}

	/**
	 * @param mixed $page File name.
	 */
	public function enqueue( $page ): void {
		$screen = get_current_screen();
		if ( 'edit.php' !== $page || null === $screen || ! in_array( $screen->post_type, $this->types(), true ) ) {
			return;
		}
		wp_enqueue_style( self::HANDLE, plugins_url( 'assets/lists.css', IGNY8_BRIDGE_FILE ), [], IGNY8_BRIDGE_VERSION );
		wp_enqueue_script( self::HANDLE, plugins_url( 'assets/lists.js', IGNY8_BRIDGE_FILE ), [], IGNY8_BRIDGE_VERSION, true );
		$facts = [
			'url'   => rest_url( Panel_Route::SPACE . States_Route::PATH ),
			'nonce' => wp_create_nonce( 'wp_rest' ),
			'most'  => States_Route::MOST,
		];
		wp_add_inline_script( self::HANDLE, 'window.igny8Lists = ' . wp_json_encode( $facts, JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
	}

	/**
	 * @return string[] Post types that are synced and have a list.
	 */
	private function types(): array {
		if ( ! $this->connection->exists() ) {
			return [];
		}
		$shown = get_post_types( [ 'public' => true, 'show_ui' => true ] );
		return array_values( array_filter( $shown, [ $this->panel->types, 'is_synced' ] ) );
	}
}
