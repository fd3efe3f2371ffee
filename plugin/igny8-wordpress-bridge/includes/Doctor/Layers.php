<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

/**
 * Names of the layers between IGNY8 and the content of this site.
 */
final class Layers {

	/**
	 * @return string Label; the code itself for a layer that this version doesn't know.
	 */
	public static function label( string $layer ): string {
		return self::names()[ $layer ] ?? $layer;
	}

	/**
	 * The layers of the API's doctor, and those that only the site can check.
	 *
	 * @return array<string, string> Layer => name.
	 */
	public static function names(): array {
		return [
			'dns'             => __( 'Domain name (DNS)', 'igny8-wordpress-bridge' ),
			'network'         => __( 'Network', 'igny8-wordpress-bridge' ),
			'tls'             => __( 'HTTPS certificate (TLS)', 'igny8-wordpress-bridge' ),
			'redirect'        => __( 'Redirect', 'igny8-wordpress-bridge' ),
			'web_server'      => __( 'Web server', 'igny8-wordpress-bridge' ),
			'basic_auth'      => __( 'Password protection of the web server', 'igny8-wordpress-bridge' ),
			'captcha'         => __( 'Captcha', 'igny8-wordpress-bridge' ),
			'firewall'        => __( 'Firewall', 'igny8-wordpress-bridge' ),
			'page_cache'      => __( 'Page cache', 'igny8-wordpress-bridge' ),
			'login_wall'      => __( 'Login page in front of the site', 'igny8-wordpress-bridge' ),
			'security_plugin' => __( 'Security plugin', 'igny8-wordpress-bridge' ),
			'permalinks'      => __( 'Permalinks', 'igny8-wordpress-bridge' ),
			'rest_api'        => __( 'REST API', 'igny8-wordpress-bridge' ),
			'wordpress'       => __( 'WordPress', 'igny8-wordpress-bridge' ),
			'php'             => __( 'PHP', 'igny8-wordpress-bridge' ),
			'plugin'          => __( 'Plugin', 'igny8-wordpress-bridge' ),
			'headers'         => __( 'Request headers', 'igny8-wordpress-bridge' ),
			'signature'       => __( 'Signature', 'igny8-wordpress-bridge' ),
			'clock'           => __( 'Clock', 'igny8-wordpress-bridge' ),
			'cron'            => __( 'Scheduled tasks (cron)', 'igny8-wordpress-bridge' ),
			'outbox'          => __( 'Changes waiting to be sent', 'igny8-wordpress-bridge' ),
			'clone'           => __( 'Address of the site', 'igny8-wordpress-bridge' ),
			'connection'      => __( 'Connection', 'igny8-wordpress-bridge' ),
			'keys'            => __( 'Keys and salts', 'igny8-wordpress-bridge' ),
			'database'        => __( 'Database', 'igny8-wordpress-bridge' ),
		];
	}
}
