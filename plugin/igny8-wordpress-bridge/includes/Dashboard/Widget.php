<?php

declare(strict_types=1);

namespace Igny8\Bridge\Dashboard;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Admin\Status_Panel;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Remote_State;
use Igny8\Bridge\Lists\Attention;
use Igny8\Bridge\Lists\Attention_Check;
use Igny8\Bridge\Lists\Post_Filter;
use Igny8\Bridge\Outbox\Report;
use Igny8\Bridge\Panel\Item_State;
use Igny8\Bridge\Panel\Panel_Route;
use Igny8\Bridge\Panel\Read_Route;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Watch\Link_View;
use WP_REST_Response;

/**
 * The widget on the dashboard: state, last sync, and what needs somebody. It shows what is known at once, and asks IGNY8
 * once the page is there.
 */
final class Widget {

	public const PATH = '/overview';

	/** Of who looks after other people's posts. */
	public const CAPABILITY = 'edit_others_posts';

	private Connection $connection;

	private Link_View $link;

	private Remote_State $remote;

	private Attention $attention;

	private Attention_Check $check;

	private Report $outbox;

	private Config $config;

	public function __construct( Connection $connection, Link_View $link, Remote_State $remote, Attention $attention, Attention_Check $check, Report $outbox, Config $config ) {
		$this->connection = $connection;
		$this->link       = $link;
		$this->remote     = $remote;
		$this->attention  = $attention;
		$this->check      = $check;
		$this->outbox     = $outbox;
		$this->config     = $config;
	}

	public function hook(): void {
		add_action( 'rest_api_init', [ $this, 'register' ] );
		if ( is_admin() ) {
			add_action( 'wp_dashboard_setup', [ $this, 'add' ] );
		}
	}

	public function register(): void {
		Read_Route::register( self::PATH, [ $this, 'answer' ], self::CAPABILITY );
	}

	public function add(): void {
		if ( $this->connection->exists() && current_user_can( self::CAPABILITY ) ) {
			wp_add_dashboard_widget( 'igny8_dashboard', __( 'IGNY8', 'igny8-wordpress-bridge' ), [ $this, 'render' ] );
			wp_enqueue_style( 'igny8-panel', plugins_url( 'assets/panel.css', IGNY8_BRIDGE_FILE ), [], IGNY8_BRIDGE_VERSION );
			wp_enqueue_script( 'igny8-dashboard', plugins_url( 'assets/dashboard.js', IGNY8_BRIDGE_FILE ), [], IGNY8_BRIDGE_VERSION, true );
			$facts = [
				'url'   => rest_url( Panel_Route::SPACE . self::PATH ),
				'nonce' => wp_create_nonce( 'wp_rest' ),
			];
			wp_add_inline_script( 'igny8-dashboard', 'window.igny8Dashboard = ' . wp_json_encode( $facts, JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
		}
	}

	public function answer(): WP_REST_Response {
		if ( $this->connection->exists() ) {
			$this->remote->refresh();
			$this->check->refresh();
		}
		$response = new WP_REST_Response( [ 'html' => $this->html() ] );
		$response->header( 'Cache-Control', 'no-store' );
		return $response;
	}

	public function render(): void {
		printf( '<div id="igny8-dashboard" class="igny8-post" aria-live="polite">%s</div>', wp_kses_post( $this->html() ) );
	}

	/**
	 * @return string Escaped HTML.
	 */
	private function html(): string {
		$view  = $this->link->describe();
		$html  = sprintf( '<p class="igny8-state"><span class="igny8-dot igny8-dot-%1$s"></span><strong>%2$s</strong></p>', esc_attr( $view['tone'] ), esc_html( $view['label'] ) );
		$html .= '' === $view['notice'] ? '' : sprintf( '<p>%s</p>', esc_html( $view['notice'] ) );
		$html .= '<dl class="igny8-facts">';
		foreach ( $this->facts() as $label => $value ) {
			$html .= sprintf( '<div><dt>%1$s</dt><dd>%2$s</dd></div>', esc_html( (string) $label ), esc_html( $value ) );
		}
		$html .= '</dl>' . $this->attention();
		$html .= sprintf( '<p class="igny8-link"><a href="%1$s" target="_blank" rel="noopener">%2$s</a></p>', esc_url( $this->config->api_url() . '/sites/' . rawurlencode( $this->connection->site_id() ) ), esc_html__( 'Open in IGNY8', 'igny8-wordpress-bridge' ) );
		return current_user_can( Settings_Page::CAPABILITY )
			? $html . sprintf( '<p class="igny8-link"><a href="%1$s">%2$s</a></p>', esc_url( Settings_Page::url() ), esc_html__( 'Settings of IGNY8', 'igny8-wordpress-bridge' ) )
			: $html;
	}

	/**
	 * @return array<string, string>
	 */
	private function facts(): array {
		return [
			__( 'Last sync', 'igny8-wordpress-bridge' ) => 0 === $this->remote->known_at() ? __( 'not known yet', 'igny8-wordpress-bridge' ) : Status_Panel::when( $this->remote->last_sync_at() ),
			__( 'Changes waiting to be sent', 'igny8-wordpress-bridge' ) => number_format_i18n( $this->outbox->describe()['pending'] ),
		];
	}

	/**
	 * @return string Escaped HTML.
	 */
	private function attention(): string {
		$counts = array_filter( $this->attention->counts() );
		if ( [] === $counts ) {
			return sprintf( '<p>%s</p>', esc_html__( 'Nothing needs your attention.', 'igny8-wordpress-bridge' ) );
		}
		$words = [];
		foreach ( $counts as $state => $count ) {
			$words[] = Item_State::label( $state ) . ': ' . number_format_i18n( $count );
		}
		$url = add_query_arg( Post_Filter::FIELD, Post_Filter::ATTENTION, admin_url( 'edit.php' ) );
		return sprintf( '<p><a href="%1$s">%2$s</a></p>', esc_url( $url ), esc_html( implode( ', ', $words ) ) );
	}
}
