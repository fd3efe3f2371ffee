<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use WP_Error;
use WP_REST_Request;

/**
 * Checks that WordPress lets an anonymous request, as IGNY8's are, reach the plugin's REST route.
 */
final class Rest_Check implements Check {

	private const OURS = '/igny8/v1/commands';

	private const OTHER = '/wp/v2/types';

	private const HOOKS = [ 'rest_authentication_errors', 'rest_pre_dispatch', 'rest_dispatch_request', 'rest_request_before_callbacks' ];

	/** The plugin's own answers to an unsigned request. */
	private const EXPECTED = [ 'igny8_signature_missing', 'igny8_not_connected' ];

	public function run(): array {
		return [ $this->permalinks(), $this->route() ];
	}

	private function permalinks(): Finding {
		$structure = (string) get_option( 'permalink_structure' );
		if ( '' === $structure ) {
			return new Finding( Finding::INFO, 'permalinks', 'permalinks_plain', __( 'This site has plain permalinks', 'igny8-wordpress-bridge' ), __( 'IGNY8 uses the address with ?rest_route= instead.', 'igny8-wordpress-bridge' ), '', [ rest_url() ] );
		}
		return Finding::ok( 'permalinks', 'permalinks_pretty', __( 'This site has pretty permalinks', 'igny8-wordpress-bridge' ), __( 'The REST API has its own address.', 'igny8-wordpress-bridge' ), [ $structure, rest_url() ] );
	}

	private function route(): Finding {
		$answers  = $this->as_anonymous(
			function (): array {
				return [
					'ours'  => $this->refusal_of( self::OURS ) ?? $this->answer_of_route(),
					'other' => $this->refusal_of( self::OTHER ),
				];
			}
		);
		$owners   = Hook_Owners::of( self::HOOKS );
		$evidence = array_merge(
			[] === $owners ? [] : [ implode( ', ', self::HOOKS ) . ': ' . implode( ', ', $owners ) ],
			$this->lines( self::OURS, $answers['ours'] ),
			$this->lines( self::OTHER, $answers['other'] )
		);
		if ( null !== $answers['ours'] && ! in_array( $answers['ours']->get_error_code(), self::EXPECTED, true ) ) {
			return new Finding(
				Finding::ERROR,
				[] === $owners ? 'rest_api' : 'security_plugin',
				'rest_blocked',
				__( 'WordPress blocks requests from IGNY8 to the plugin', 'igny8-wordpress-bridge' ),
				__( 'A plugin or theme closes the REST API to visitors who are not signed in, including this plugin’s route.', 'igny8-wordpress-bridge' ),
				[] === $owners
					? __( 'Allow /wp-json/igny8/v1/ in the code or plugin that closes the REST API.', 'igny8-wordpress-bridge' )
					/* translators: %s: names of plugins. */
					: sprintf( __( 'Allow /wp-json/igny8/v1/ in the settings of: %s.', 'igny8-wordpress-bridge' ), implode( ', ', $owners ) ),
				$evidence
			);
		}
		$detail = null === $answers['other']
			? __( 'Neither WordPress nor a plugin blocks IGNY8.', 'igny8-wordpress-bridge' )
			: __( 'A plugin closes the rest of the REST API to visitors who are not signed in, but not this plugin’s route.', 'igny8-wordpress-bridge' );
		return Finding::ok( 'rest_api', 'rest_open', __( 'The REST route of this plugin is open', 'igny8-wordpress-bridge' ), $detail, $evidence );
	}

	/**
	 * The error with which WordPress would refuse a request for this route; null if it lets it pass.
	 */
	private function refusal_of( string $route ): ?WP_Error {
		global $wp;

		$before                       = $wp->query_vars['rest_route'] ?? null;
		$wp->query_vars['rest_route'] = $route;
		try {
			$result = apply_filters( 'rest_authentication_errors', null );
		} catch ( \RuntimeException $ended ) {
			$result = new WP_Error( 'ended', $ended->getMessage() );
		} finally {
			$wp->query_vars['rest_route'] = $before;
		}
		return is_wp_error( $result ) ? $result : null;
	}

	private function answer_of_route(): ?WP_Error {
		try {
			$answer = rest_do_request( new WP_REST_Request( 'POST', self::OURS ) );
			// Before WordPress 6.3, a filter's error is returned unchanged.
			return is_wp_error( $answer ) ? $answer : $answer->as_error();
		} catch ( \RuntimeException $ended ) {
			return new WP_Error( 'ended', $ended->getMessage() );
		}
	}

	/**
	 * @param callable $task Runs with nobody signed in, and with wp_die() throwing an exception.
	 * @return mixed
	 */
	private function as_anonymous( callable $task ) {
		$user   = get_current_user_id();
		$dies   = static function (): callable {
			return static function ( $message ): void {
				$failure = new \RuntimeException( is_string( $message ) ? wp_strip_all_tags( $message ) : 'wp_die' );
				throw $failure;
			};
		};
		$hooks  = [ 'wp_die_handler', 'wp_die_json_handler', 'wp_die_ajax_handler' ];
		$levels = ob_get_level();
		ob_start();
		wp_set_current_user( 0 );
		foreach ( $hooks as $hook ) {
			add_filter( $hook, $dies, PHP_INT_MAX );
		}
		try {
			return $task();
		} finally {
			foreach ( $hooks as $hook ) {
				remove_filter( $hook, $dies, PHP_INT_MAX );
			}
			wp_set_current_user( $user );
			while ( ob_get_level() > $levels ) {
				ob_end_clean();
			}
		}
	}

	/**
	 * @return string[]
	 */
	private function lines( string $route, ?WP_Error $answer ): array {
		return null === $answer ? [] : [ $route . ': ' . $answer->get_error_code() . ': ' . sanitize_text_field( $answer->get_error_message() ) ];
	}
}
