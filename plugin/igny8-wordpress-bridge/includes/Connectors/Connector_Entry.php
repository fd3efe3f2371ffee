<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connectors;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Watch\Link_View;

/**
 * The entry in Settings → Connectors, from WordPress 7.0 on. The key stays where it is, encrypted: WordPress would keep it
 * as plain text in an option, so the entry says the state and leads to the settings.
 */
final class Connector_Entry {

	private const ID = 'igny8';

	private const MODULE = 'igny8-connector';

	private Connection $connection;

	private Link_View $view;

	public function __construct( Connection $connection, Link_View $view ) {
		$this->connection = $connection;
		$this->view       = $view;
	}

	public function hook(): void {
		add_action( 'wp_connectors_init', [ $this, 'register' ] );
		add_action( 'options-connectors-wp-admin_init', [ $this, 'enqueue' ] );
		add_filter( 'script_module_data_' . self::MODULE, [ $this, 'describe' ] );
	}

	/**
	 * @param mixed $registry WP_Connector_Registry.
	 */
	public function register( $registry ): void {
		if ( is_object( $registry ) && method_exists( $registry, 'register' ) && ! $registry->is_registered( self::ID ) ) {
			$registry->register(
				self::ID,
				[
					'name'           => __( 'IGNY8', 'igny8-wordpress-bridge' ),
					'description'    => __( 'Keeps content of this site and IGNY8 in sync.', 'igny8-wordpress-bridge' ),
					'type'           => 'content_sync',
					'authentication' => [ 'method' => 'none' ],
					'plugin'         => [
						'file'      => plugin_basename( IGNY8_BRIDGE_FILE ),
						'is_active' => '__return_true',
					],
				]
			);
		}
	}

	public function enqueue(): void {
		if ( function_exists( 'wp_enqueue_script_module' ) ) {
			wp_enqueue_script_module( self::MODULE, plugins_url( 'assets/connector.js', IGNY8_BRIDGE_FILE ), [ '@wordpress/connectors' ], IGNY8_BRIDGE_VERSION );
		}
	}

	/**
	 * @param mixed $data Of the module.
	 */
	public function describe( $data ): array {
		return ( is_array( $data ) ? $data : [] ) + [
			'id'          => self::ID,
			'name'        => __( 'IGNY8', 'igny8-wordpress-bridge' ),
			'description' => __( 'Keeps content of this site and IGNY8 in sync.', 'igny8-wordpress-bridge' ),
			'state'       => $this->view->describe()['label'],
			'settings'    => Settings_Page::url(),
			'action'      => $this->connection->exists() ? __( 'Settings', 'igny8-wordpress-bridge' ) : __( 'Connect', 'igny8-wordpress-bridge' ),
		];
	}
}
