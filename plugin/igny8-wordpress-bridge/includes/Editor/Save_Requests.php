<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

use WP_REST_Autosaves_Controller;
use WP_REST_Posts_Controller;
use WP_REST_Request;

/**
 * Recognises requests in which a person saves a post: block editor and apps (REST API), classic editor, quick edit, the
 * classic editor's autosave, XML-RPC. What programs save is no concern here: they read a post right before they write.
 * Only notes what may be saved. WordPress checks nonce and capability before it saves.
 */
final class Save_Requests {

	/** Method of XML-RPC => position of the post id among its arguments. */
	private const XMLRPC = [
		'wp.editPost'         => 3,
		'wp.editPage'         => 1,
		'metaWeblog.editPost' => 0,
		'blogger.editPost'    => 1,
	];

	private Save_Watcher $watcher;

	public function __construct( Save_Watcher $watcher ) {
		$this->watcher = $watcher;
	}

	public function hook(): void {
		add_filter( 'rest_request_before_callbacks', [ $this, 'rest' ], 10, 3 );
		add_action( 'load-post.php', [ $this, 'form' ] );
		add_action( 'wp_ajax_inline-save', [ $this, 'form' ], 0 );
		add_filter( 'heartbeat_received', [ $this, 'heartbeat' ], 1, 2 );
		add_action( 'xmlrpc_call', [ $this, 'xmlrpc' ], 10, 2 );
	}

	/**
	 * @param mixed $response Passed on.
	 * @param mixed $handler  Of the route.
	 * @param mixed $request  WP_REST_Request.
	 * @return mixed
	 */
	public function rest( $response, $handler, $request ) {
		$callback = is_array( $handler ) ? $handler['callback'] ?? null : null;
		$is_save  = is_array( $callback ) && (
			( $callback[0] instanceof WP_REST_Posts_Controller && 'update_item' === $callback[1] )
			// Overwrites the author's own draft.
			|| ( $callback[0] instanceof WP_REST_Autosaves_Controller && 'create_item' === $callback[1] )
		);
		if ( $is_save && $request instanceof WP_REST_Request ) {
			$this->watcher->begin( new Save_Context( (int) $request['id'], $request->get_param( Save_Context::FIELD ) ) );
		}
		return $response;
	}

	/**
	 * The form of the classic editor, of its meta boxes in the block editor, or of quick edit.
	 */
	public function form(): void {
		if ( isset( $_POST['post_ID'] ) && is_numeric( $_POST['post_ID'] ) ) {
			$this->watcher->begin( new Save_Context( (int) $_POST['post_ID'], $_POST[ Save_Context::FIELD ] ?? null ) );
		}
	}

	/**
	 * @param mixed $response Passed on.
	 * @param mixed $data     From the page.
	 * @return mixed
	 */
	public function heartbeat( $response, $data ) {
		$post_id = is_array( $data ) ? $data['wp_autosave']['post_id'] ?? null : null;
		if ( is_numeric( $post_id ) ) {
			$this->watcher->begin( new Save_Context( (int) $post_id, $data[ Save_Context::FIELD ] ?? null ) );
		}
		return $response;
	}

	/**
	 * @param mixed $method Name.
	 * @param mixed $args   Arguments.
	 */
	public function xmlrpc( $method, $args = [] ): void {
		$position = self::XMLRPC[ (string) $method ] ?? null;
		if ( null !== $position && is_array( $args ) && is_numeric( $args[ $position ] ?? null ) ) {
			$this->watcher->begin( new Save_Context( (int) $args[ $position ], null ) );
		}
	}
}
