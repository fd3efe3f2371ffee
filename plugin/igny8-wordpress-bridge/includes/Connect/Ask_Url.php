<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connect;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Home;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Structure\Gatherer;
use Igny8\Bridge\Support\Config;

/**
 * The page of IGNY8 that asks whether to connect this site. What it is asked stands in the fragment, which browsers send to
 * no server.
 */
final class Ask_Url {

	/** The largest types; an address has to stay short. */
	private const MOST_TYPES = 25;

	private const LONGEST_NAME = 100;

	private Config $config;

	private Connection $connection;

	private Status $status;

	private Gatherer $gatherer;

	public function __construct( Config $config, Connection $connection, Status $status, Gatherer $gatherer ) {
		$this->config     = $config;
		$this->connection = $connection;
		$this->status     = $status;
		$this->gatherer   = $gatherer;
	}

	/**
	 * @param array{state: string, challenge: string} $ask   From Pending_Ask.
	 * @param string                                  $token What the app gave this site to bring back; '' if it begins here.
	 */
	public function make( array $ask, string $token = '' ): string {
		$asked = [
			// Not home_url(), which multilingual plugins filter: wp-admin has to be below it.
			'site_url'       => Home::url(),
			'return_url'     => Settings_Page::url(),
			'state'          => $ask['state'],
			'challenge'      => $ask['challenge'],
			'site_name'      => $this->site_name(),
			'plugin_version' => IGNY8_BRIDGE_VERSION,
			'types'          => (string) wp_json_encode( $this->types() ),
		];
		if ( $this->status->is_accepted() ) {
			$asked['current_site_id'] = $this->connection->site_id();
		}
		if ( '' !== $token ) {
			$asked['token'] = $token;
		}
		return $this->config->api_url() . '/connect#' . http_build_query( array_filter( $asked, 'strlen' ), '', '&', PHP_QUERY_RFC3986 );
	}

	/**
	 * The page of the connected site.
	 */
	public function site_page(): string {
		return $this->config->api_url() . '/sites/' . rawurlencode( $this->connection->site_id() ) . '/content-types';
	}

	private function site_name(): string {
		$name = wp_specialchars_decode( (string) get_bloginfo( 'name', 'raw' ), ENT_QUOTES );
		return trim( mb_substr( sanitize_text_field( $name ), 0, self::LONGEST_NAME ) );
	}

	/**
	 * Post types that this site lets IGNY8 sync, the largest first: slug, label, count, and whether the plugin suggests it.
	 *
	 * @return array<int, array{0: string, 1: string, 2: int, 3: int}>
	 */
	public function types(): array {
		$types = [];
		foreach ( $this->gatherer->gather()['post_types'] as $slug => $type ) {
			if ( ! $type['denied'] ) {
				$types[] = [ (string) $slug, mb_substr( $type['label'], 0, self::LONGEST_NAME ), (int) $type['count'], (int) $type['enabled'] ];
			}
		}
		usort( $types, static fn( array $one, array $other ): int => [ $other[3], $other[2] ] <=> [ $one[3], $one[2] ] );
		return array_slice( $types, 0, self::MOST_TYPES );
	}
}
