<?php

declare(strict_types=1);

namespace Igny8\Bridge\Watch;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Panel\Panel_Route;
use Igny8\Bridge\Panel\Read_Route;
use WP_Admin_Bar;
use WP_REST_Response;

/**
 * The dot in the admin bar and the notice about the connection, on every page of wp-admin, for whoever may change it. A
 * script keeps both current while the page is looked at.
 */
final class Watch_Screen {

	public const PATH = '/link';

	private const HANDLE = 'igny8-watch';

	private const EVERY_S = 45;

	private Connection $connection;

	private Link_State $link;

	private Link_View $view;

	public function __construct( Connection $connection, Link_State $link, Link_View $view ) {
		$this->connection = $connection;
		$this->link       = $link;
		$this->view       = $view;
	}

	public function hook(): void {
		add_action( 'rest_api_init', [ $this, 'register' ] );
		if ( is_admin() ) {
			add_action( 'admin_bar_menu', [ $this, 'add_dot' ], 90 );
			add_action( 'admin_notices', [ $this, 'render_notice' ] );
			add_action( 'admin_enqueue_scripts', [ $this, 'enqueue' ] );
		}
	}

	public function register(): void {
		Read_Route::register( self::PATH, [ $this, 'answer' ], Settings_Page::CAPABILITY );
	}

	public function answer(): WP_REST_Response {
		$this->link->refresh();
		$response = new WP_REST_Response( $this->view->describe() );
		$response->header( 'Cache-Control', 'no-store' );
		return $response;
	}

	/**
	 * @param mixed $bar WP_Admin_Bar.
	 */
	public function add_dot( $bar ): void {
		if ( ! $bar instanceof WP_Admin_Bar || ! current_user_can( Settings_Page::CAPABILITY ) ) {
			return;
		}
		$view = $this->view->describe();
		$bar->add_node(
			[
				'id'    => 'igny8',
				'title' => sprintf( '<span class="igny8-bar-dot igny8-bar-%1$s" aria-hidden="true"></span>IGNY8<span class="screen-reader-text igny8-bar-label">: %2$s</span>', esc_attr( $view['tone'] ), esc_html( $view['label'] ) ),
				'href'  => Settings_Page::url(),
				'meta'  => [ 'title' => $view['label'] ],
			]
		);
	}

	public function render_notice(): void {
		$notice = current_user_can( Settings_Page::CAPABILITY ) && $this->connection->exists() ? $this->view->describe()['notice'] : '';
		if ( '' !== $notice ) {
			printf(
				'<div class="notice notice-error" data-igny8-link><p><strong>IGNY8:</strong> <span>%1$s</span> <a href="%2$s">%3$s</a></p></div>',
				esc_html( $notice ),
				esc_url( Settings_Page::url() ),
				esc_html__( 'Settings of IGNY8', 'igny8-wordpress-bridge' )
			);
		}
	}

	public function enqueue(): void {
		if ( ! current_user_can( Settings_Page::CAPABILITY ) ) {
			return;
		}
		wp_add_inline_style( 'admin-bar', self::css() );
		if ( ! $this->connection->exists() ) {
			return;
		}
		wp_enqueue_script( self::HANDLE, plugins_url( 'assets/watch.js', IGNY8_BRIDGE_FILE ), [], IGNY8_BRIDGE_VERSION, true );
		$facts = [
			'url'      => rest_url( Panel_Route::SPACE . self::PATH ),
			'nonce'    => wp_create_nonce( 'wp_rest' ),
			'every'    => 1000 * self::EVERY_S,
			'state'    => $this->view->describe()['state'],
			'key'      => 'igny8-link-' . get_current_blog_id(),
			'settings' => Settings_Page::url(),
			'link'     => __( 'Settings of IGNY8', 'igny8-wordpress-bridge' ),
		];
		wp_add_inline_script( self::HANDLE, 'window.igny8Watch = ' . wp_json_encode( $facts, JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
	}

	private static function css(): string {
		return '#wpadminbar .igny8-bar-dot{display:inline-block;box-sizing:border-box;width:10px;height:10px;margin-right:6px;border:2px solid #a7aaad;border-radius:50%}'
			. '#wpadminbar .igny8-bar-good{border-color:#68de7c;background:#68de7c}'
			. '#wpadminbar .igny8-bar-busy{border-color:#f2d675;background:linear-gradient(90deg,#f2d675 50%,transparent 50%)}'
			. '#wpadminbar .igny8-bar-bad{border-color:#ff8085;border-radius:2px;background:#ff8085}'
			. '@media screen and (max-width:782px){#wpadminbar #wp-admin-bar-igny8{display:block}#wpadminbar #wp-admin-bar-igny8>.ab-item{padding:0 8px}}';
	}
}
