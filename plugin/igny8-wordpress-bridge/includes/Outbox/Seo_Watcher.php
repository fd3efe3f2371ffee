<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Seo\Seo_Plugins;
use Igny8\Bridge\Content\Types;

/**
 * Records changes of SEO fields that no hook of WordPress' meta shows: those in the table of All in One SEO, and a
 * change of the SEO plugin itself, which is a change of every post.
 */
final class Seo_Watcher {

	/** Name of the SEO plugin at the last look. */
	public const OPTION = 'igny8_seo_plugin';

	private const ROUTES = '/aioseo/v1/';

	private Recorder $recorder;

	private Types $types;

	public function __construct( Recorder $recorder, Types $types ) {
		$this->recorder = $recorder;
		$this->types    = $types;
	}

	public function hook(): void {
		add_action( 'aioseo_insert_post', [ $this, 'saved' ], PHP_INT_MAX );
		add_filter( 'rest_request_after_callbacks', [ $this, 'answered' ], PHP_INT_MAX, 3 );
		add_action( 'wp_loaded', [ $this, 'compare' ], 100 );
	}

	/**
	 * @param mixed $post_id Id.
	 */
	public function saved( $post_id ): void {
		$type = (string) get_post_type( (int) $post_id );
		if ( $this->recorder->can_record() && $this->types->is_synced( $type ) ) {
			$status = (string) get_post_field( 'post_status', (int) $post_id, 'raw' );
			if ( Types::UNSAVED !== $status ) {
				$this->recorder->record( Outbox::METADATA, (int) $post_id, $type, Types::wire_status( $status ) );
			}
		}
	}

	/**
	 * Some routes of All in One SEO save a post without its action.
	 *
	 * @param mixed            $response Passed through.
	 * @param mixed            $handler  Of the route.
	 * @param \WP_REST_Request $request  That was answered.
	 * @return mixed
	 */
	public function answered( $response, $handler, $request ) {
		if ( 'GET' !== $request->get_method() && 0 === strpos( $request->get_route(), self::ROUTES ) ) {
			$post_id = (int) ( $request->get_param( 'postId' ) ?? $request->get_param( 'id' ) );
			if ( $post_id > 0 ) {
				$this->saved( $post_id );
			}
		}
		return $response;
	}

	/**
	 * Only in wp-admin and cron: other requests may run without some plugins.
	 */
	public function compare(): void {
		if ( ( ! is_admin() && ! wp_doing_cron() ) || wp_doing_ajax() ) {
			return;
		}
		$plugin = Seo_Plugins::active();
		$now    = null === $plugin ? '' : $plugin->name();
		if ( get_option( self::OPTION, '' ) !== $now && $this->recorder->can_record() ) {
			update_option( self::OPTION, $now, true );
			$this->recorder->record_digest();
		}
	}
}
