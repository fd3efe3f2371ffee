<?php

declare(strict_types=1);

namespace Igny8\Bridge\Health;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Doctor\Check;
use Igny8\Bridge\Doctor\Finding;
use Igny8\Bridge\Panel\Panel_Route;
use Igny8\Bridge\Panel\Read_Route;
use WP_REST_Response;

/**
 * Tests in Tools → Site Health, by the checks of the doctor: connection, tasks, keys at once; the way to and from IGNY8
 * in the background, since it asks over the network.
 */
final class Site_Health {

	public const PATH = '/site-health';

	private const REACH = 'igny8_reach';

	/** @var array<string, Check> */
	private array $checks;

	/** @var Check[] */
	private array $reach;

	/**
	 * @param array<string, Check> $checks Quick ones, by test.
	 * @param Check[]              $reach  Those that ask over the network.
	 */
	public function __construct( array $checks, array $reach ) {
		$this->checks = $checks;
		$this->reach  = $reach;
	}

	public function hook(): void {
		add_filter( 'site_status_tests', [ $this, 'add' ] );
		add_action( 'rest_api_init', [ $this, 'register' ] );
	}

	public function register(): void {
		Read_Route::register( self::PATH, [ $this, 'answer' ], 'view_site_health_checks' );
	}

	/**
	 * @param mixed $tests WordPress' list.
	 * @return mixed
	 */
	public function add( $tests ) {
		if ( ! is_array( $tests ) ) {
			return $tests;
		}
		foreach ( $this->checks as $name => $check ) {
			$tests['direct'][ $name ] = [
				'label' => __( 'IGNY8', 'igny8-wordpress-bridge' ),
				'test'  => static function () use ( $name, $check ): array {
					return self::result( $name, $check->run() );
				},
			];
		}
		$tests['async'][ self::REACH ] = [
			'label'             => __( 'IGNY8: the way there and back', 'igny8-wordpress-bridge' ),
			'test'              => rest_url( Panel_Route::SPACE . self::PATH ),
			'has_rest'          => true,
			'async_direct_test' => [ $this, 'reach' ],
		];
		return $tests;
	}

	public function answer(): WP_REST_Response {
		return new WP_REST_Response( $this->reach() );
	}

	public function reach(): array {
		$findings = [];
		foreach ( $this->reach as $check ) {
			$findings = array_merge( $findings, $check->run() );
		}
		return self::result( self::REACH, $findings );
	}

	/**
	 * @param Finding[] $findings At least one. Of several the last, which says the most.
	 */
	private static function worst( array $findings ): Finding {
		foreach ( Finding::SEVERITIES as $severity ) {
			foreach ( array_reverse( $findings ) as $finding ) {
				if ( $finding->severity() === $severity ) {
					return $finding;
				}
			}
		}
		return $findings[0];
	}

	/**
	 * @param Finding[] $findings At least one; the worst is the heading.
	 */
	private static function result( string $name, array $findings ): array {
		$worst    = self::worst( $findings )->to_array();
		$statuses = [
			Finding::ERROR   => 'critical',
			Finding::WARNING => 'recommended',
		];
		$text     = '';
		foreach ( $findings as $finding ) {
			$facts = $finding->to_array();
			$text .= sprintf( '<p>%s</p>', esc_html( trim( $facts['detail'] . ' ' . ( $facts['fix'] ?? '' ) ) ) );
		}
		return [
			'test'        => $name,
			'label'       => esc_html( 0 === strpos( $worst['title'], 'IGNY8' ) ? $worst['title'] : 'IGNY8: ' . $worst['title'] ),
			'status'      => $statuses[ $worst['severity'] ] ?? 'good',
			'badge'       => [
				'label' => __( 'IGNY8', 'igny8-wordpress-bridge' ),
				'color' => 'blue',
			],
			'description' => $text,
			'actions'     => sprintf( '<p><a href="%1$s">%2$s</a></p>', esc_url( Settings_Page::url() ), esc_html__( 'Settings of IGNY8', 'igny8-wordpress-bridge' ) ),
		];
	}
}
