<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Connection\Identity;
use Igny8\Bridge\Loopback\Endpoint;
use Igny8\Bridge\Loopback\Tokens;
use Igny8\Bridge\Plugin;
use Igny8\Bridge\Security\Signer;
use PHPUnit\Framework\TestCase;

/**
 * The command endpoint behind PHP's built-in web server: headers, bytes, and output of other plugins.
 *
 * @group environment
 */
final class Http_Test extends TestCase {

	/** @var resource|null */
	private $server = null;

	private string $address = '';

	private string $secret = '';

	/** @var string[] */
	private array $files = [];

	private string $permalinks = '';

	protected function setUp(): void {
		parent::setUp();
		// The web server is another process, so these tests use no transaction.
		$plugin = Plugin::instance();
		$plugin->keys->begin_pending();
		$plugin->keys->promote_pending();
		$plugin->connection->establish( new Identity( 'site_1', 'My site', '' ), 'int_1' );
		$this->secret = $plugin->keys->signing_secrets()['current'];

		$this->permalinks = (string) get_option( 'permalink_structure' );
		$this->use_permalinks( '/%postname%/' );
	}

	protected function tearDown(): void {
		if ( null !== $this->server ) {
			proc_terminate( $this->server, 9 );
			proc_close( $this->server );
		}
		array_map( 'unlink', $this->files );
		$this->use_permalinks( $this->permalinks );
		Plugin::instance()->keys->clear();
		Plugin::instance()->connection->clear();
		parent::tearDown();
	}

	public function test_the_bytes_on_the_wire_are_the_signed_ones(): void {
		$this->serve();
		$this->assert_signed( $this->ask( '/index.php?rest_route=/igny8/v1/commands' ) );
	}

	public function test_pretty_and_plain_addresses_work(): void {
		$this->serve();
		$this->assert_signed( $this->ask( '/wp-json/igny8/v1/commands' ) );
		$this->assert_signed( $this->ask( '/?rest_route=%2Figny8%2Fv1%2Fcommands' ) );
	}

	public function test_with_plain_permalinks_the_stated_rest_root_works(): void {
		$before = get_option( 'permalink_structure' );
		update_option( 'permalink_structure', '' );
		try {
			$this->serve();
			$result = $this->assert_signed( $this->ask( '/index.php?rest_route=/igny8/v1/commands' ) );
		} finally {
			update_option( 'permalink_structure', $before );
		}
		self::assertSame( 'plain', $result['data']['permalinks'] );
		self::assertStringContainsString( '?rest_route=/', $result['data']['rest_root'] );
	}

	public function test_answers_and_refusals_carry_the_request_id(): void {
		$this->serve();
		foreach ( [ $this->secret, 'whsec_' . base64_encode( 'wrong' ) ] as $secret ) {
			$answer = $this->ask( '/?rest_route=/igny8/v1/commands', $secret, [ 'X-Request-Id: req_7' ] );
			self::assertSame( 'req_7', $answer['headers']['x-request-id'] );
		}
		self::assertStringStartsWith( 'wp_', $this->ask( '/?rest_route=/igny8/v1/commands' )['headers']['x-request-id'] );
	}

	public function test_answers_forbid_caching(): void {
		$this->serve();
		foreach ( [ $this->ask( '/?rest_route=/igny8/v1/commands' ), $this->ask( '/?rest_route=/igny8/v1/commands', 'whsec_' . base64_encode( 'wrong' ) ) ] as $answer ) {
			self::assertStringContainsString( 'no-cache', $answer['headers']['cache-control'] );
		}
	}

	public function test_what_other_plugins_print_does_not_reach_the_client(): void {
		$this->mu_plugin( "add_action( 'init', function () { echo \"\\xEF\\xBB\\xBF\\nNotice: Undefined index\"; } ); add_action( 'shutdown', function () { echo 'Bye.'; }, 0 ); add_action( 'shutdown', function () { echo 'Bye again.'; }, 99 );" );
		$this->serve( [ '-d', 'output_buffering=0' ] );
		$this->assert_signed( $this->ask( '/wp-json/igny8/v1/commands' ) );
	}

	public function test_output_of_plugins_loaded_earlier_is_removed_if_php_buffers(): void {
		$this->mu_plugin( 'echo "\xEF\xBB\xBF";' );
		$this->serve( [ '-d', 'output_buffering=4096' ] );
		$this->assert_signed( $this->ask( '/wp-json/igny8/v1/commands' ) );
	}

	public function test_plugins_that_rewrite_the_page_rewrite_nothing_here(): void {
		$this->mu_plugin( "add_action( 'plugins_loaded', function () { ob_start( function ( \$page ) { return strrev( \$page ); } ); } ); add_filter( 'rest_pre_echo_response', '__return_empty_array' );" );
		$this->serve();
		$this->assert_signed( $this->ask( '/wp-json/igny8/v1/commands' ) );
	}

	public function test_compression_by_php_leaves_the_answer_whole(): void {
		$this->serve( [ '-d', 'zlib.output_compression=1' ] );
		$answer = $this->ask( '/wp-json/igny8/v1/commands', $this->secret, [ 'Accept-Encoding: gzip' ] );
		if ( 'gzip' === ( $answer['headers']['content-encoding'] ?? '' ) ) {
			$answer['body'] = (string) gzdecode( $answer['body'] );
		}
		$this->assert_signed( $answer );
	}

	public function test_a_valid_signature_passes_plugins_that_close_the_rest_api(): void {
		$this->mu_plugin( "add_filter( 'rest_authentication_errors', function () { return new WP_Error( 'rest_closed', 'Closed.', array( 'status' => 401 ) ); } );" );
		$this->serve();
		$this->assert_signed( $this->ask( '/wp-json/igny8/v1/commands' ) );
		$refused = $this->ask( '/wp-json/igny8/v1/commands', 'whsec_' . base64_encode( 'wrong' ) );
		self::assertSame( [ 401, 'igny8_signature_invalid' ], [ $refused['status'], json_decode( $refused['body'], true )['code'] ] );
	}

	public function test_a_request_of_the_site_to_itself_is_answered_before_it_works(): void {
		// The work begins once the test has the answer, however slow the machine is.
		$wait = 'global $wpdb; for ( $i = 0; $i < 400 && null === $wpdb->get_var( "SELECT 1 FROM {$wpdb->options} WHERE option_name = \'igny8_test_answered\'" ); $i++ ) { usleep( 50000 ); }';
		$this->mu_plugin( "add_action( 'igny8_loopback_received', function () { $wait update_option( 'igny8_test_worked', 400 === \$i ? 'too late' : ( is_user_logged_in() ? 'somebody' : 'nobody' ) ); } );" );
		$this->serve();
		delete_option( 'igny8_test_worked' );
		delete_option( 'igny8_test_answered' );
		self::assertSame( [ 204, '' ], $this->call_itself( ( new Tokens() )->issue() ) );
		update_option( 'igny8_test_answered', '1' );
		for ( $i = 0; $i < 100 && ! isset( $worked ); $i++ ) {
			usleep( 50000 );
			wp_cache_flush();
			$worked = get_option( 'igny8_test_worked', null );
		}
		self::assertSame( 'nobody', $worked );
		delete_option( 'igny8_test_answered' );
	}

	public function test_without_a_valid_token_such_a_request_does_nothing(): void {
		$this->mu_plugin( "add_action( 'igny8_loopback_received', function () { update_option( 'igny8_test_worked', 'oh' ); } ); add_action( 'init', function () { update_option( 'igny8_test_worked', 'loaded' ); } );" );
		$this->serve();
		delete_option( 'igny8_test_worked' );
		$token = ( new Tokens() )->issue();
		( new Tokens() )->withdraw( $token );
		foreach ( [ '', 'x', $token ] as $bad ) {
			self::assertSame( [ 403, '' ], $this->call_itself( $bad ) );
		}
		self::assertSame( [ 403, '' ], $this->call_itself( ( new Tokens() )->issue(), 'GET' ), 'A token belongs into the body.' );
		wp_cache_flush();
		self::assertFalse( get_option( 'igny8_test_worked' ), 'WordPress was not even loaded to its end.' );
	}

	/**
	 * @return array{0: int, 1: string} Status and body.
	 */
	private function call_itself( string $token, string $method = 'POST' ): array {
		$query  = 'GET' === $method ? '&' . Endpoint::TOKEN . '=' . $token : '';
		$host   = explode( '/', (string) preg_replace( '#^https?://#', '', home_url() ) )[0];
		$http   = [
			'method'        => $method,
			'timeout'       => 20,
			'ignore_errors' => true,
			'header'        => [ "Host: $host", 'Content-Type: application/x-www-form-urlencoded', 'Connection: close' ],
			'content'       => 'GET' === $method ? '' : Endpoint::TOKEN . '=' . $token,
		];
		$url    = 'http://' . $this->address . '/?' . Endpoint::PARAMETER . '=1' . $query;
		$stream = fopen( $url, 'r', false, stream_context_create( [ 'http' => $http ] ) );
		$status = (int) ( explode( ' ', stream_get_meta_data( $stream )['wrapper_data'][0] )[1] ?? 0 );
		stream_set_timeout( $stream, 1 );
		$body = 204 === $status ? '' : (string) stream_get_contents( $stream );
		fclose( $stream );
		return [ $status, $body ];
	}

	private function use_permalinks( string $structure ): void {
		update_option( 'permalink_structure', $structure );
		// The next request creates it again, without the types that tests register.
		delete_option( 'rewrite_rules' );
	}

	private function mu_plugin( string $code ): void {
		$file = WPMU_PLUGIN_DIR . '/igny8-test-' . count( $this->files ) . '.php';
		wp_mkdir_p( WPMU_PLUGIN_DIR );
		file_put_contents( $file, "<?php\n$code\n" );
		$this->files[] = $file;
	}

	/**
	 * @param string[] $options Of PHP.
	 */
	private function serve( array $options = [] ): void {
		$socket        = stream_socket_server( 'tcp://127.0.0.1:0' );
		$this->address = (string) stream_socket_get_name( $socket, false );
		fclose( $socket );

		$command      = array_merge( [ PHP_BINARY ], $options, [ '-S', $this->address, '-t', ABSPATH ] );
		$quiet        = [ [ 'file', '/dev/null', 'r' ], [ 'file', '/dev/null', 'w' ], [ 'file', '/dev/null', 'w' ] ];
		$this->server = proc_open( $command, $quiet, $pipes );
		for ( $i = 0; $i < 200; $i++ ) {
			if ( $this->is_listening() ) {
				return;
			}
			usleep( 20000 );

		}
		self::fail( 'The server did not start.' );
	}

	private function is_listening(): bool {
		// A refused connection is expected, so its warning must not fail the test.
		set_error_handler( '__return_true' );
		$connection = stream_socket_client( 'tcp://' . $this->address, $number, $message, 1 );
		restore_error_handler();
		if ( false === $connection ) {
			return false;
		}
		fclose( $connection );
		return true;
	}

	/**
	 * @param string[] $more_headers Whole lines.
	 * @return array{status: int, headers: array<string, string>, body: string}
	 */
	private function ask( string $path, string $secret = '', array $more_headers = [] ): array {
		$body    = '{"protocol":1,"integration_id":"int_1","time_ms":20000,"max_bytes":2000000,"commands":[{"id":"cmd_1","name":"status","args":{}}]}';
		$time    = time();
		$headers = [
			// A network finds its sites by this header.
			'Host: ' . explode( '/', (string) preg_replace( '#^https?://#', '', home_url() ) )[0],
			'Content-Type: application/json',
			'webhook-id: msg_1',
			"webhook-timestamp: $time",
			'webhook-signature: ' . ( new Signer() )->sign( '' === $secret ? $this->secret : $secret, 'msg_1', $time, $body, Signer::COMMANDS ),
		];
		$http    = [
			'method'          => 'POST',
			'header'          => array_merge( $headers, $more_headers ),
			'content'         => $body,
			'ignore_errors'   => true,
			'follow_location' => 0,
			'timeout'         => 20,
		];
		$content = (string) file_get_contents( 'http://' . $this->address . $path, false, stream_context_create( [ 'http' => $http ] ) );

		$received = [];
		foreach ( $http_response_header as $line ) {
			$parts = explode( ': ', $line, 2 );
			if ( 2 === count( $parts ) ) {
				$received[ strtolower( $parts[0] ) ] = $parts[1];
			}
		}
		return [
			'status'  => (int) explode( ' ', $http_response_header[0] )[1],
			'headers' => $received,
			'body'    => $content,
		];
	}

	/**
	 * @return array The one result.
	 */
	private function assert_signed( array $answer ): array {
		self::assertSame( 200, $answer['status'], $answer['body'] );
		self::assertArrayHasKey( 'webhook-timestamp', $answer['headers'], $answer['body'] );
		$expected = ( new Signer() )->sign( $this->secret, 'msg_1', (int) $answer['headers']['webhook-timestamp'], $answer['body'], Signer::COMMANDS_ANSWER );
		self::assertSame( $expected, $answer['headers']['webhook-signature'], $answer['body'] );
		$result = json_decode( $answer['body'], true )['results'][0];
		self::assertTrue( $result['ok'] );
		return $result;
	}
}
