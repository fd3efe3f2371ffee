<?php
/**
 * Plugin Name: IGNY8 lab: offline
 * Description: Answers in the place of api.wordpress.org that there is nothing new, instead of failing and logging it.
 */

add_filter(
	'pre_http_request',
	static function ( $answer, $arguments, $url ) {
		if ( 'api.wordpress.org' !== wp_parse_url( $url, PHP_URL_HOST ) ) {
			return $answer;
		}
		$nothing = array_fill_keys( array( 'offers', 'translations', 'plugins', 'themes', 'no_update' ), array() );
		return array(
			'headers'  => array(),
			'cookies'  => array(),
			'filename' => null,
			'body'     => wp_json_encode( $nothing ),
			'response' => array(
				'code'    => 200,
				'message' => 'OK',
			),
		);
	},
	10,
	3
);
