<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Fields;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Outbox\Outbox;
use Igny8\Bridge\Outbox\Recorder;

/**
 * What the notice in the editor can do: ask again, compare, take IGNY8's version, keep the other one.
 *
 * By admin-ajax.php, like WordPress' Heartbeat, because sites switch the REST API off that use the classic editor.
 */
final class Editor_Actions {

	public const ACTION = 'igny8_editor';

	private Editor_State $state;

	private Stale_Saves $saves;

	private Documents $documents;

	private Restorer $restorer;

	private Recorder $recorder;

	public function __construct( Editor_State $state, Stale_Saves $saves, Documents $documents, Restorer $restorer, Recorder $recorder ) {
		$this->state     = $state;
		$this->saves     = $saves;
		$this->documents = $documents;
		$this->restorer  = $restorer;
		$this->recorder  = $recorder;
	}

	public function hook(): void {
		add_action( 'wp_ajax_' . self::ACTION, [ $this, 'answer' ] );
		add_filter( 'heartbeat_received', [ $this, 'heartbeat' ], 20, 2 );
	}

	public static function nonce( int $post_id ): string {
		return wp_create_nonce( self::ACTION . '_' . $post_id );
	}

	public function answer(): void {
		try {
			wp_send_json_success( $this->run( wp_unslash( $_POST ) ) );
		} catch ( Command_Failure $failure ) {
			wp_send_json_error( [ 'message' => $failure->detail() ], 'not_allowed' === $failure->reason() ? 403 : 409 );
		}
	}

	/**
	 * @param mixed $response To the page.
	 * @param mixed $data     From the page.
	 * @return mixed
	 */
	public function heartbeat( $response, $data ) {
		$told    = is_array( $data ) ? $data[ Save_Context::FIELD ] ?? null : null;
		$post_id = is_array( $told ) ? (int) ( $told['post'] ?? 0 ) : 0;
		// WordPress has checked the nonce of the Heartbeat itself.
		if ( is_array( $response ) && $post_id > 0 && current_user_can( 'edit_post', $post_id ) ) {
			$response[ Save_Context::FIELD ] = $this->state( $post_id, (int) ( $told['seen'] ?? 0 ) );
		}
		return $response;
	}

	/**
	 * @param array $input Fields of the request, unslashed.
	 * @throws Command_Failure `not_allowed`, or why it can't be done.
	 */
	public function run( array $input ): array {
		$post_id = (int) ( $input['post'] ?? 0 );
		$this->authorize( $post_id, is_string( $input['nonce'] ?? null ) ? $input['nonce'] : '' );
		$seen  = (int) ( $input['seen'] ?? 0 );
		$state = $this->state->of( $post_id, $seen );
		switch ( $input['do'] ?? '' ) {
			case 'compare':
				return $this->compare( $post_id, $state, $input );
			case 'take':
				return $this->take( $post_id, $state, $input );
			case 'keep':
				return $this->keep( $post_id, $state, $seen );
			default:
				return $this->state( $post_id, $seen );
		}
	}

	/**
	 * @throws Command_Failure `not_allowed`.
	 */
	private function authorize( int $post_id, string $nonce ): void {
		if ( false === wp_verify_nonce( $nonce, self::ACTION . '_' . $post_id ) || ! current_user_can( 'edit_post', $post_id ) ) {
			Command_Failure::raise( 'not_allowed', __( 'This page is too old, or you may not edit this post. Copy your text, then reload the page.', 'igny8-wordpress-bridge' ) );
		}
	}

	/**
	 * State for the page, with a fresh nonce: a tab can be open for longer than one lasts.
	 */
	public function state( int $post_id, int $seen ): array {
		$state = $this->state->of( $post_id, $seen );
		return [
			'nonce'   => self::nonce( $post_id ),
			'kind'    => null === $state ? '' : $state['kind'],
			'write'   => null === $state ? 0 : $state['write'],
			'message' => null === $state ? '' : $state['message'],
		];
	}

	private function compare( int $post_id, ?array $state, array $input ): array {
		$content = Fields::of( $this->documents->fresh( $post_id ) );
		if ( null === $state ) {
			return [ 'html' => Comparison::html( [], [], true ) ];
		}
		$is_newer = Editor_State::NEWER === $state['kind'];
		$ours     = $is_newer ? array_intersect_key( $content, $state['base'] ) + array_fill_keys( array_keys( $state['base'] ), null ) : $state['ours'];
		$mine     = array_merge( $is_newer ? $state['base'] : $content, self::texts( $input ) );
		return [ 'html' => Comparison::html( $mine, $ours, ! empty( $input['wide'] ) ) ];
	}

	/**
	 * The text in the editor, saved or not, stays as a revision.
	 *
	 * @throws Command_Failure As `apply`.
	 */
	private function take( int $post_id, ?array $state, array $input ): array {
		$now     = $this->documents->fresh( $post_id );
		$content = Fields::of( $now );
		if ( null === $now || [] === $content ) {
			Command_Failure::raise( 'unreadable', __( 'The post can no longer be read.', 'igny8-wordpress-bridge' ) );
		}
		$is_conflict = null !== $state && Editor_State::CONFLICT === $state['kind'];
		Kept_Text::keep( $post_id, array_merge( $content, self::texts( $input ) ), false );
		if ( $is_conflict ) {
			Kept_Text::keep( $post_id, $content, true );
			$this->restorer->restore( $now, $state['ours'] );
			$this->saves->drop( $post_id );
		}
		return [ 'reload' => true ];
	}

	/**
	 * Before a save the page itself remembers the choice, and sends it along.
	 */
	private function keep( int $post_id, ?array $state, int $seen ): array {
		$save = null === $state || Editor_State::CONFLICT !== $state['kind'] ? null : $this->saves->get( $post_id );
		if ( null !== $save ) {
			$save->is_kept = true;
			$this->saves->put( $save );
			$this->recorder->record( Outbox::STATUS, $post_id, (string) get_post_type( $post_id ), Types::wire_status( (string) get_post_status( $post_id ) ) );
		}
		return $this->state( $post_id, $seen );
	}

	/**
	 * @return array<string, string> Texts of the editor that it sent.
	 */
	private static function texts( array $input ): array {
		return array_filter( array_intersect_key( $input, array_flip( Fields::TEXTS ) ), 'is_string' );
	}
}
