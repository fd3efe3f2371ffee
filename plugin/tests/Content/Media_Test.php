<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Media\Pinned_Request;
use Igny8\Bridge\Content\Media\Public_Addresses;
use Igny8\Bridge\Content\Media\Source_Url;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * `media`, T31 and T37.
 *
 * @group environment
 */
final class Media_Test extends Content_Test_Case {

	private const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

	private const BASE = 'http://127.0.0.1:8099/';

	/** @var array<string, array{0: int, 1: string, 2?: array}> Path => status, body, headers. */
	private array $files = [];

	/** @var string[] */
	private array $fetched = [];

	protected function setUp(): void {
		parent::setUp();
		$this->files = [
			'a.png'     => [ 200, (string) base64_decode( self::PNG, true ) ],
			'same.png'  => [ 200, (string) base64_decode( self::PNG, true ) ],
			'page.png'  => [ 200, '<!doctype html><p>Not found' ],
			'svg.png'   => [ 200, '<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>' ],
			'empty.png' => [ 200, '' ],
			'there'     => [ 301, '', [ 'location' => '/a.png' ] ],
			'inside'    => [ 302, '', [ 'location' => 'http://169.254.169.254/latest/meta-data/' ] ],
			'circle'    => [ 302, '', [ 'location' => '/circle' ] ],
			'large.png' => [ 200, '' ],
			'busy.png'  => [ 503, '' ],
		];
		remove_filter( 'pre_http_request', [ $this->api, 'answer' ], PHP_INT_MAX );
		add_filter( 'pre_http_request', [ $this, 'serve' ], PHP_INT_MAX, 3 );
	}

	protected function tearDown(): void {
		foreach ( get_posts( [ 'post_type' => 'attachment', 'post_status' => 'any', 'numberposts' => -1 ] ) as $attachment ) {
			wp_delete_attachment( $attachment->ID, true );
		}
		parent::tearDown();
	}

	public function test_an_image_is_added_to_the_library(): void {
		$data = $this->media( 'a.png', [ 'filename' => 'My photo é.JPG', 'alt' => 'A \\ "photo"' ] );
		self::assertFalse( $data['reused'] );
		self::assertSame( wp_get_attachment_url( $data['id'] ), $data['url'] );
		self::assertSame( 'image/png', get_post_mime_type( $data['id'] ) );
		self::assertStringEndsWith( '.png', $data['url'] );
		self::assertSame( base64_decode( self::PNG, true ), file_get_contents( (string) get_attached_file( $data['id'] ) ) );
		self::assertSame( 'A \\ "photo"', get_post_meta( $data['id'], '_wp_attachment_image_alt', true ) );
		self::assertSame( 1, wp_get_attachment_metadata( $data['id'] )['width'] );
		self::assertSame( 'A \\ "photo"', $this->create( [ 'title' => 'x', 'featured' => [ 'id' => $data['id'] ] ] )['item']['featured']['alt'] );
	}

	public function test_one_image_in_twenty_posts_is_one_attachment_fetched_once(): void {
		$ids = [];
		for ( $i = 0; $i < 20; $i++ ) {
			$data  = $this->media( 'a.png', [ 'alt' => "Alt $i" ] );
			$ids[] = $this->create( [ 'title' => "Post $i", 'featured' => [ 'id' => $data['id'] ] ] )['item']['featured']['id'];
		}
		self::assertCount( 1, array_unique( $ids ) );
		self::assertTrue( $data['reused'] );
		self::assertSame( [ 'a.png' ], $this->fetched );
		self::assertSame( 'Alt 0', get_post_meta( $data['id'], '_wp_attachment_image_alt', true ) );
	}

	public function test_an_image_of_the_own_library_is_used_as_it_is(): void {
		$first = $this->media( 'a.png' );
		$again = $this->run_command( 'media', [ 'url' => $first['url'], 'hash' => hash( 'sha256', $first['url'] ) ] );
		self::assertSame( [ $first['id'], true ], [ $again['id'], $again['reused'] ] );
		self::assertSame( [ 'a.png' ], $this->fetched );
	}

	public function test_the_same_bytes_under_another_address_are_not_stored_again(): void {
		$first  = $this->media( 'a.png' );
		$second = $this->media( 'same.png', [ 'alt' => 'Late' ] );
		self::assertSame( [ $first['id'], true ], [ $second['id'], $second['reused'] ] );
		self::assertSame( $first['id'], $this->media( 'same.png' )['id'] );
		self::assertSame( [ 'a.png', 'same.png' ], $this->fetched );
		self::assertSame( 'Late', get_post_meta( $first['id'], '_wp_attachment_image_alt', true ) );
	}

	public function test_an_image_that_was_deleted_is_fetched_again(): void {
		$first = $this->media( 'a.png' );
		wp_delete_attachment( $first['id'], true );
		self::assertFalse( $this->media( 'a.png' )['reused'] );
	}

	public function test_redirects_are_followed_and_checked(): void {
		self::assertFalse( $this->media( 'there' )['reused'] );
		self::assertSame( [ 'there', 'a.png' ], $this->fetched );
		self::assertSame( 'invalid_field', $this->media_code( 'inside' ) );
		self::assertSame( 'media_not_found', $this->media_code( 'circle' ) );
		self::assertNotContains( 'latest/meta-data/', $this->fetched );
	}

	/**
	 * @dataProvider failures
	 */
	public function test_a_file_that_is_not_an_image_is_refused_and_leaves_nothing( string $file, string $code, bool $is_passing ): void {
		$before = glob( get_temp_dir() . 'igny8-*.tmp' );
		$result = $this->command_result( 'media', [ 'url' => self::BASE . $file, 'hash' => md5( $file ) ] );
		self::assertSame( [ $code, $is_passing ], [ $result['code'] ?? 'ok', $result['retryable'] ] );
		self::assertSame( $before, glob( get_temp_dir() . 'igny8-*.tmp' ) );
		self::assertSame( [], get_posts( [ 'post_type' => 'attachment', 'post_status' => 'any' ] ) );
		self::assertFalse( get_option( 'igny8_lock_media_' . md5( md5( $file ) ) ) );
	}

	public function failures(): array {
		return [
			'it is not there'  => [ 'nowhere.png', 'media_not_found', false ],
			'busy'             => [ 'busy.png', 'media_not_found', true ],
			'a page'           => [ 'page.png', 'media_not_image', false ],
			'a picture script' => [ 'svg.png', 'media_not_image', false ],
			'nothing'          => [ 'empty.png', 'media_not_image', false ],
			'too much'         => [ 'large.png', 'media_too_large', false ],
		];
	}

	/**
	 * @dataProvider addresses
	 */
	public function test_only_public_https_addresses_are_called( string $url ): void {
		$result = $this->command_result( 'media', [ 'url' => $url, 'hash' => 'h' ] );
		self::assertSame( 'invalid_field', $result['code'] ?? 'ok' );
		self::assertSame( [], $this->fetched );
	}

	public function addresses(): array {
		$urls = [
			'http://example.com/a.png',
			'https://10.0.0.1/a.png',
			'https://192.168.1.1/a.png',
			'https://172.16.0.1/a.png',
			'https://169.254.169.254/a.png',
			'https://100.64.0.1/a.png',
			'https://192.0.2.1/a.png',
			'https://198.18.0.1/a.png',
			'https://224.0.0.1/a.png',
			'https://0.0.0.0/a.png',
			'https://255.255.255.255/a.png',
			'https://2130706433/a.png',
			'https://0x7f.1/a.png',
			'https://017700000001/a.png',
			'https://[::1]/a.png',
			'https://[::ffff:10.0.0.1]/a.png',
			'https://user:pw@93.184.216.34/a.png',
			'https://93.184.216.34:22/a.png',
			'ftp://example.com/a.png',
			'file:///etc/passwd',
			'php://filter/resource=/etc/passwd',
			'//example.com/a.png',
			'a.png',
			'https://',
		];
		return array_combine( $urls, array_map( static fn( string $url ): array => [ $url ], $urls ) );
	}

	public function test_a_public_address_is_allowed(): void {
		$source = new Source_Url();
		self::assertSame( '93.184.216.34', $source->address( 'https://93.184.216.34/a.png' ) );
		self::assertSame( '93.184.216.34', $source->address( 'https://93.184.216.34:8080/a.png' ) );
		self::assertFalse( $source->is_loopback( 'https://93.184.216.34/a.png' ) );
	}

	/**
	 * @dataProvider resolutions
	 * @param string[]    $found    All addresses of a name.
	 * @param string|null $expected The one to connect to.
	 */
	public function test_a_name_is_allowed_only_if_all_its_addresses_are_public( array $found, ?string $expected ): void {
		$asked     = 0;
		$addresses = new Public_Addresses(
			static function ( string $host ) use ( $found, &$asked ): array {
				++$asked;
				return 'images.example.com' === $host ? $found : [];
			}
		);
		self::assertSame( $expected, $addresses->of( 'images.example.com' )[0] ?? null );
		self::assertSame( 1, $asked );
	}

	public function resolutions(): array {
		return [
			'none'                    => [ [], null ],
			'IPv4'                    => [ [ '93.184.216.34' ], '93.184.216.34' ],
			'both, IPv4 first'        => [ [ '2606:2800:220:1::1', '93.184.216.34' ], '93.184.216.34' ],
			'IPv6 alone'              => [ [ '2606:2800:220:1::1' ], '2606:2800:220:1::1' ],
			'one private of two'      => [ [ '93.184.216.34', '10.0.0.1' ], null ],
			'public A, private AAAA'  => [ [ '93.184.216.34', 'fd00::1' ], null ],
			'public A, loopback AAAA' => [ [ '93.184.216.34', '::1' ], null ],
			'mapped'                  => [ [ '::ffff:10.0.0.1' ], null ],
			'translated'              => [ [ '64:ff9b::a00:1' ], null ],
			'6to4'                    => [ [ '2002:a00:1::1' ], null ],
			'Teredo'                  => [ [ '2001::1' ], null ],
			'documentation'           => [ [ '2001:db8::1' ], null ],
			'link-local'              => [ [ 'fe80::1' ], null ],
			'no address'              => [ [ 'nonsense' ], null ],
		];
	}

	public function test_a_request_goes_to_the_checked_address_whatever_the_name_resolves_to_now(): void {
		// The name leads to 127.0.0.1, where nobody answers.
		list( $port, $server ) = $this->start_server( 1000, '127.0.0.2' );
		$path                  = wp_tempnam( 'igny8' );
		$request               = new Pinned_Request( "http://localhost:$port/a.png", '127.0.0.2', 5000 );
		$answer                = $request->send( [ 'stream' => true, 'filename' => $path, 'timeout' => 5 ] );
		self::assertSame( 200, is_wp_error( $answer ) ? $answer->get_error_message() : wp_remote_retrieve_response_code( $answer ) );
		self::assertSame( 1000, filesize( $path ) );
		wp_delete_file( $path );
		$this->end( $server );

		$socket = 'ssl://images.example.com:443';
		$request->pin_socket( $socket );
		self::assertSame( 'ssl://127.0.0.2:443', $socket );
	}

	public function test_a_download_ends_at_its_limit_and_is_not_read_to_its_end(): void {
		list( $port, $server ) = $this->start_server( 300000000 );
		$url                   = "http://127.0.0.1:$port/endless.png";
		$result                = $this->command_result( 'media', [ 'url' => $url, 'hash' => 'endless' ] );
		self::assertSame( 'media_too_large', $result['code'] ?? 'ok' );
		self::assertLessThan( 30000000, $this->end( $server ) );
		self::assertSame( [], glob( get_temp_dir() . 'igny8-*.tmp' ) );

		$request = new Pinned_Request( $url, '127.0.0.1', 10 );
		$request->count( '12345', 5 );
		try {
			$request->count( '1', 10 );
			self::fail( 'Without cURL, the limit is not kept.' );
		} catch ( Command_Failure $failure ) {
			self::assertSame( 'media_too_large', $failure->reason() );
		}
	}

	/**
	 * A server that sends so many bytes without saying how many, and then tells how many it could send.
	 *
	 * @return array{0: int, 1: array} Port; process and its pipes.
	 */
	private function start_server( int $bytes, string $address = '127.0.0.1' ): array {
		remove_filter( 'pre_http_request', [ $this, 'serve' ], PHP_INT_MAX );
		$code    = '$s = stream_socket_server("tcp://' . $address . ':0"); echo parse_url("tcp://" . stream_socket_get_name($s, false), PHP_URL_PORT), "\n";'
			. '$c = stream_socket_accept($s, 20); stream_set_timeout($c, 5); fread($c, 8192); fwrite($c, "HTTP/1.0 200 OK\r\nContent-Type: image/png\r\n\r\n");'
			. '$sent = 0; while ($sent < ' . $bytes . ') { $n = @fwrite($c, str_repeat("x", min(100000, ' . $bytes . ' - $sent))); if (!$n) break; $sent += $n; } fclose($c); echo $sent, "\n";';
		$pipes   = [];
		$process = proc_open( [ PHP_BINARY, '-r', $code ], [ 1 => [ 'pipe', 'w' ] ], $pipes );
		return [ (int) fgets( $pipes[1] ), [ $process, $pipes[1] ] ];
	}

	/**
	 * @return int Bytes that the server sent.
	 */
	private function end( array $server ): int {
		$sent = (int) fgets( $server[1] );
		proc_close( $server[0] );
		return $sent;
	}

	public function test_bad_arguments_are_named(): void {
		foreach ( [ 'url' => 5, 'hash' => '', 'alt' => [], 'filename' => 7 ] as $name => $value ) {
			$result = $this->command_result( 'media', array_merge( [ 'url' => self::BASE . 'a.png', 'hash' => 'h' ], [ $name => $value ] ) );
			self::assertSame( 'invalid_field', $result['code'] ?? 'ok' );
			self::assertStringStartsWith( $name . ':', $result['detail'] );
		}
	}

	/**
	 * @param mixed $preempt False.
	 */
	public function serve( $preempt, array $args, string $url ): array {
		self::assertStringStartsWith( self::BASE, $url );
		self::assertTrue( $args['stream'] );
		$path            = substr( $url, strlen( self::BASE ) );
		$this->fetched[] = $path;
		$file            = $this->files[ $path ] ?? [ 404, '' ];
		$body            = 'large.png' === $path ? base64_decode( self::PNG, true ) . str_repeat( "\0", 20000000 ) : $file[1];
		file_put_contents( $args['filename'], substr( $body, 0, $args['limit_response_size'] ) );
		return [
			'headers'  => $file[2] ?? [],
			'body'     => '',
			'response' => [ 'code' => $file[0], 'message' => '' ],
			'cookies'  => [],
			'filename' => $args['filename'],
		];
	}

	private function media( string $file, array $more = [] ): array {
		return $this->run_command( 'media', $more + [ 'url' => self::BASE . $file, 'hash' => hash( 'sha256', $file ) ] );
	}

	private function media_code( string $file ): string {
		return $this->code_of( 'media', [ 'url' => self::BASE . $file, 'hash' => hash( 'sha256', $file ) ] );
	}
}
