<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Loopback\Endpoint;
use Igny8\Bridge\Loopback\Loopback;
use Igny8\Bridge\Loopback\Tokens;
use Igny8\Bridge\Support\Config;
use RuntimeException;
use WP_Error;

/**
 * Answers the plugin's HTTP requests as docs/protocol.md describes, and records them. No request leaves the machine.
 */
final class Fake_Api {

	public const INTEGRATION = '/api/v1/integration/integrations/';

	/** @var array<int, array{method: string, path: string, body: array, authorization: string, args: array}> */
	public array $requests = [];

	/** @var array<int, array> Arguments of the site's requests to itself. */
	public array $loopbacks = [];

	/** @var callable|null Answers a request of the site to itself, given its arguments; by default it arrives. */
	public $loopback = null;

	/** @var array<string, callable|array|WP_Error> "METHOD path" => answer */
	private array $answers = [];

	/**
	 * The API URL of the WordPress under test, so that its own hooks use this API too.
	 */
	public static function url(): string {
		return Config::load()->api_url();
	}

	public function install(): void {
		add_filter( 'pre_http_request', [ $this, 'answer' ], PHP_INT_MAX, 3 );
	}

	/**
	 * @param callable|array|WP_Error $answer As json() and problem() make them, or a function of the request's body.
	 */
	public function on( string $method, string $path, $answer ): self {
		$this->answers[ "$method $path" ] = $answer;
		return $this;
	}

	/**
	 * Accepts every request of the site with the address $url.
	 */
	public function is_up( string $url ): self {
		$site = [
			'id'        => 'site_1',
			'name'      => 'My site',
			'url'       => $url,
			'is_active' => true,
		];
		$page = [
			'results' => [ $site ],
			'next'    => null,
		];
		return $this->on( 'GET', '/api/v1/sites/', self::json( 200, $page ) )
			->on( 'POST', self::INTEGRATION . 'test-connection/', self::json( 201, self::connected( 'int_1' ) ) )
			->accepts_structure( 'int_1' );
	}

	public function accepts_structure( string $integration_id ): self {
		return $this->on(
			'POST',
			self::INTEGRATION . $integration_id . '/update-structure/',
			static function ( array $body ) use ( $integration_id ): array {
				return self::json(
					200,
					[
						'success'              => true,
						'integration_id'       => $integration_id,
						'post_types'           => count( $body['post_types'] ),
						'taxonomies'           => count( $body['taxonomies'] ),
						'last_structure_fetch' => '2026-11-21T10:00:00.000Z',
					]
				);
			}
		);
	}

	/**
	 * @param WP_Error|array $answer For every request there is.
	 */
	public function answers_everything_with( $answer ): self {
		$this->answers = [ '*' => $answer ];
		return $this;
	}

	public static function connected( string $integration_id ): array {
		return [
			'success'        => true,
			'integration_id' => $integration_id,
			'code'           => 'connected',
			'detail'         => 'Connected.',
			'fix'            => null,
			'evidence'       => [],
		];
	}

	public static function json( int $status, array $json, array $headers = [] ): array {
		return [
			'headers'  => $headers + [ 'content-type' => 'application/json' ],
			'body'     => (string) wp_json_encode( $json ),
			'response' => [
				'code'    => $status,
				'message' => '',
			],
			'cookies'  => [],
			'filename' => null,
		];
	}

	public static function problem( int $status, string $code, array $headers = [] ): array {
		$problem = [
			'type'       => 'about:blank',
			'title'      => "Title of $code",
			'status'     => $status,
			'code'       => $code,
			'detail'     => "Detail of $code.",
			'fix'        => "Fix of $code.",
			'request_id' => 'req_1',
		];
		return self::json( $status, $problem, $headers );
	}

	/**
	 * What the site does with a request to itself, but for the work.
	 */
	public static function arrive( array $args ): array {
		parse_str( $args['body'], $sent );
		return self::json( ( new Tokens() )->redeem( $sent[ Endpoint::TOKEN ] ) ? 204 : 403, [] );
	}

	public static function html( int $status ): array {
		$answer         = self::json( $status, [] );
		$answer['body'] = '<!doctype html><title>Down for maintenance</title>';
		return $answer;
	}

	/**
	 * @return string[] "METHOD path" of all requests so far.
	 */
	public function calls(): array {
		return array_map(
			static function ( array $request ): string {
				return $request['method'] . ' ' . $request['path'];
			},
			$this->requests
		);
	}

	public function last_body( string $method, string $path ): array {
		foreach ( array_reverse( $this->requests ) as $request ) {
			if ( $request['method'] === $method && $request['path'] === $path ) {
				return $request['body'];
			}
		}
		throw new RuntimeException( "There was no $method $path." );
	}

	/**
	 * @param mixed $preempt False.
	 * @param array $args    Of wp_remote_request().
	 * @return array|WP_Error
	 */
	public function answer( $preempt, array $args, string $url ) {
		if ( 0 === strpos( $url, 'https://api.wordpress.org/plugins/update-check/' ) ) {
			return self::json( 200, [ 'plugins' => [], 'no_update' => [], 'translations' => [] ] );
		}
		if ( 0 === strpos( $url, 'https://api.wordpress.org/' ) ) {
			return new WP_Error( 'http_request_not_executed', 'No updates here.' );
		}
		if ( Loopback::url() === $url ) {
			$this->loopbacks[] = $args;
			return ( $this->loopback ?? [ self::class, 'arrive' ] )( $args );
		}
		if ( 0 !== strpos( $url, self::url() ) ) {
			throw new RuntimeException( "A request to somebody else: $url" );
		}

		$request          = [
			'method'        => $args['method'],
			'path'          => substr( $url, strlen( self::url() ) ),
			'body'          => (array) json_decode( (string) $args['body'], true ),
			'authorization' => $args['headers']['Authorization'] ?? '',
			'args'          => $args,
		];
		$this->requests[] = $request;

		$name   = $request['method'] . ' ' . $request['path'];
		$answer = $this->answers[ $name ] ?? $this->answers['*'] ?? self::problem( 404, 'not_found' );
		return is_callable( $answer ) ? $answer( $request['body'], $request ) : $answer;
	}
}
