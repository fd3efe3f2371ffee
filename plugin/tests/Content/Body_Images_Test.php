<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * Images of a body come into the library before the body is written: once, in portions, and never at the price of the text.
 *
 * @group environment
 */
final class Body_Images_Test extends Content_Test_Case {

	private const BASE = 'http://127.0.0.1:8099/';

	/** @var array<string, array{0: int, 1: string, 2?: array}> Path => status, body, headers. */
	private array $files = [];

	/** @var string[] */
	private array $fetched = [];


	protected function setUp(): void {
		parent::setUp();
		$this->files = [
			'a.png'      => [ 200, self::picture( 1 ) ],
			'same.png'   => [ 200, self::picture( 1 ) ],
			'wide.png'   => [ 200, self::picture( 2, 1400 ) ],
			'svg.png'    => [ 200, '<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>' ],
			'photo.heic' => [ 200, "\0\0\0\x18ftypheic\0\0\0\0mif1heic" . str_repeat( "\0", 200 ) ],
			'inside'     => [ 302, '', [ 'location' => 'http://169.254.169.254/latest/meta-data/' ] ],
			'large.png'  => [ 200, '' ],
			'busy.png'   => [ 503, '' ],
		];
		for ( $number = 0; $number < 25; $number++ ) {
			$this->files[ "n$number.png" ] = [ 200, self::picture( 100 + $number ) ];
		}
		add_filter( 'wp_generate_attachment_metadata', [ self::class, 'add_sizes' ] );
		remove_filter( 'pre_http_request', [ $this->api, 'answer' ], PHP_INT_MAX );
		add_filter( 'pre_http_request', [ $this, 'serve' ], PHP_INT_MAX, 3 );
	}

	protected function tearDown(): void {
		remove_filter( 'wp_generate_attachment_metadata', [ self::class, 'add_sizes' ] );
		foreach ( get_posts( [ 'post_type' => 'attachment', 'post_status' => 'any', 'numberposts' => -1 ] ) as $attachment ) {
			wp_delete_attachment( $attachment->ID, true );
		}
		parent::tearDown();
	}

	public function test_an_image_of_the_body_comes_into_the_library_as_the_editor_inserts_it(): void {
		$item = $this->write( '<p>One</p><p><img src="' . self::BASE . 'wide.png" alt="A &quot;view&quot;"></p>' );
		$id   = $this->attachments()[0];
		$src  = wp_get_attachment_image_src( $id, 'large' )[0];
		self::assertStringContainsString( "<!-- wp:image {\"id\":$id,\"sizeSlug\":\"large\",\"linkDestination\":\"none\"} -->\n<figure class=\"wp-block-image size-large\"><img src=\"$src\" alt=\"A &quot;view&quot;\" class=\"wp-image-$id\"/></figure>", $item['body'] );
		self::assertSame( 'A "view"', get_post_meta( $id, '_wp_attachment_image_alt', true ) );
		self::assertStringContainsString( 'srcset=', wp_filter_content_tags( $item['body'] ) );
		self::assertSame( [ 'wide.png' ], $this->fetched );
	}

	public function test_each_image_is_fetched_and_stored_once(): void {
		$html  = '<p><img src="' . self::BASE . 'a.png"> and <img src="' . self::BASE . 'a.png"></p><p><img src="' . self::BASE . 'same.png"></p>';
		$first = $this->write( $html );
		$other = $this->write( $html . '<p>More</p>' );
		self::assertCount( 1, $this->attachments() );
		self::assertSame( [ 'a.png', 'same.png' ], $this->fetched );
		self::assertSame( 3, substr_count( $other['body'], 'wp-image-' . $this->attachments()[0] ) );
		// Sent again, it is what the post has.
		self::assertSame( $first['etag'], $this->change( $first, [ 'body' => $html ] )['etag'] );
	}

	/**
	 * @dataProvider bad
	 */
	public function test_what_is_no_image_stays_where_it_is_and_the_text_arrives( string $file ): void {
		$html = '<p>Text</p><p><img src="' . self::BASE . $file . '" alt="x"></p>';
		$item = $this->write( $html );
		self::assertStringContainsString( '<figure class="wp-block-image"><img src="' . self::BASE . $file . '" alt="x"/></figure>', $item['body'] );
		self::assertSame( [], $this->attachments() );
		// It is not asked for again at once.
		$this->change( $item, [ 'body' => $html . '<p>More</p>' ] );
		self::assertCount( 1, $this->fetched );
	}

	public function bad(): array {
		return [
			'a dead link'      => [ 'nowhere.png' ],
			'a busy server'    => [ 'busy.png' ],
			'a picture script' => [ 'svg.png' ],
			'too many bytes'   => [ 'large.png' ],
			'an inside door'   => [ 'inside' ],
		];
	}

	public function test_heic_is_taken_only_where_wordpress_can_show_it(): void {
		$item = $this->write( '<p><img src="' . self::BASE . 'photo.heic"></p>' );
		$can  = wp_image_editor_supports( [ 'mime_type' => 'image/heic' ] ) && '' !== (string) wp_get_image_mime( $this->temporary( 'photo.heic' ) );
		self::assertSame( $can ? 0 : 1, substr_count( $item['body'], self::BASE . 'photo.heic' ) );
	}

	public function test_many_images_come_in_portions_and_a_repeat_goes_on(): void {
		$html = '';
		for ( $number = 0; $number < 25; $number++ ) {
			$html .= '<p><img src="' . self::BASE . "n$number.png\"></p>";
		}
		$args = [ 'op' => 'create', 'type' => 'post', 'item_id' => 'item_many', 'fields' => [ 'title' => 'Many', 'body' => $html ] ];
		foreach ( [ 10, 20 ] as $there ) {
			$result = $this->command_result( 'apply', $args, 'many' );
			self::assertSame( [ 'images_pending', true ], [ $result['code'] ?? 'ok', $result['retryable'] ] );
			self::assertCount( $there, $this->attachments() );
			self::assertSame( [], self::ids_with( 'Many' ) );
		}
		$item = $this->run_command( 'apply', $args, 'many' )['item'];
		self::assertCount( 25, $this->attachments() );
		self::assertCount( 25, $this->fetched );
		self::assertSame( 25, substr_count( $item['body'], '"sizeSlug":"full"' ) );
	}

	public function test_images_of_the_site_are_recognised_and_not_fetched(): void {
		$this->write( '<p><img src="' . self::BASE . 'wide.png"></p>' );
		$id      = $this->attachments()[0];
		$medium  = wp_get_attachment_image_src( $id, 'medium' )[0];
		$whole   = wp_get_attachment_url( $id );
		$unknown = wp_get_upload_dir()['baseurl'] . '/1999/none.png';
		$item    = $this->write( "<p><img src=\"$medium\"></p><p><img src=\"$unknown\"></p><p>in <img src=\"$whole?x=1\"> line</p>" );
		self::assertStringContainsString( "\"id\":$id,\"sizeSlug\":\"medium\",\"linkDestination\":\"none\"", $item['body'] );
		self::assertStringContainsString( "<img src=\"$medium\" alt=\"\" class=\"wp-image-$id\"/>", $item['body'] );
		self::assertStringContainsString( "<img src=\"$unknown\" alt=\"\"/>", $item['body'] );
		self::assertSame( [ 'wide.png' ], $this->fetched );
	}

	public function test_a_classic_text_keeps_all_but_its_image_tags(): void {
		$url  = self::BASE . 'a.png';
		$item = $this->create( [ 'title' => 'A', 'body' => "One\n\n<IMG src='$url' data-x=1  />\n<script>\"<img src='$url'>\"</script>" ] )['item'];
		$id   = $this->attachments()[0];
		$src  = wp_get_attachment_url( $id );
		self::assertSame( "One\n\n<img src=\"$src\" data-x=\"1\" class=\"size-full wp-image-$id\" width=\"1\" height=\"1\"  />\n<script>\"<img src='$url'>\"</script>", $item['body'] );
	}

	public function test_an_edit_beside_it_leaves_an_image_of_a_classic_post_where_it_is(): void {
		$old  = 'Old <img src="' . self::BASE . 'a.png">';
		$post = $this->document( self::make_post( [ 'post_content' => $old ] ) );
		self::assertSame( "$old!", $this->change( $post, [ 'body' => "$old!" ] )['body'] );
		self::assertSame( [], $this->fetched );
	}

	public function test_new_image_blocks_get_their_image_and_others_stay(): void {
		$new  = "<!-- wp:image {\"sizeSlug\":\"large\",\"align\":\"wide\"} -->\n<figure class=\"wp-block-image alignwide size-large\"><img src=\"" . self::BASE . "a.png\" alt=\"A\"/><figcaption class=\"wp-element-caption\">C</figcaption></figure>\n<!-- /wp:image -->";
		$rest = "\n\n<!-- wp:acme/hero {\"image\":\"" . self::BASE . "a.png\"} -->\n<div><img src=\"" . self::BASE . "a.png\"></div>\n<!-- /wp:acme/hero -->";
		$item = $this->write( $new . $rest );
		$id   = $this->attachments()[0];
		$src  = wp_get_attachment_url( $id );
		self::assertSame( "<!-- wp:image {\"id\":$id,\"sizeSlug\":\"full\",\"align\":\"wide\"} -->\n<figure class=\"wp-block-image alignwide size-full\"><img src=\"$src\" alt=\"A\" class=\"wp-image-$id\"/><figcaption class=\"wp-element-caption\">C</figcaption></figure>\n<!-- /wp:image -->$rest", $item['body'] );
	}

	public function test_whoever_may_not_upload_still_gets_the_text_through(): void {
		self::become_acting_user( $this, 'contributor' );
		$item = $this->write( '<p>Text</p><p><img src="' . self::BASE . 'a.png"></p>', 'draft' );
		self::assertStringContainsString( self::BASE . 'a.png', $item['body'] );
		self::assertSame( [ [], [] ], [ $this->fetched, $this->attachments() ] );
	}

	/**
	 * @return array The new document, of a type that opens in the block editor.
	 */
	private function write( string $body, string $status = 'publish' ): array {
		return $this->create( [ 'title' => 'Images', 'body' => $body, 'status' => $status ], '', 'post' )['item'];
	}

	/**
	 * @return int[]
	 */
	private function attachments(): array {
		return get_posts( [ 'post_type' => 'attachment', 'post_status' => 'any', 'numberposts' => -1, 'fields' => 'ids' ] );
	}

	/**
	 * PHP may have no library for images; then WordPress makes no other sizes.
	 *
	 * @param array $meta Of an attachment.
	 */
	public static function add_sizes( array $meta ): array {
		foreach ( $meta['width'] > 1024 ? [ 'large' => 1024, 'medium' => 300 ] : [] as $size => $width ) {
			$meta['sizes'][ $size ] = [
				'file'      => str_replace( '.png', "-{$width}x1.png", wp_basename( $meta['file'] ) ),
				'width'     => $width,
				'height'    => 1,
				'mime-type' => 'image/png',
			];
		}
		return $meta;
	}

	private function temporary( string $file ): string {
		$path = wp_tempnam( $file );
		file_put_contents( $path, $this->files[ $file ][1] );
		return $path;
	}

	/**
	 * A PNG whose bytes differ by number.
	 */
	private static function picture( int $number, int $width = 1 ): string {
		$row   = "\0" . str_repeat( chr( $number % 256 ) . chr( intdiv( $number, 256 ) ) . "\0", $width );
		$chunk = static function ( string $type, string $data ): string {
			return pack( 'N', strlen( $data ) ) . $type . $data . pack( 'N', crc32( $type . $data ) );
		};
		return "\x89PNG\r\n\x1a\n" . $chunk( 'IHDR', pack( 'NNCCCCC', $width, 1, 8, 2, 0, 0, 0 ) ) . $chunk( 'IDAT', (string) gzcompress( $row ) ) . $chunk( 'IEND', '' );
	}

	/**
	 * Answers as the servers of the images.
	 *
	 * @param mixed $preempt Of the filter.
	 */
	public function serve( $preempt, array $args, string $url ): array {
		self::assertStringStartsWith( self::BASE, $url );
		$path            = substr( $url, strlen( self::BASE ) );
		$this->fetched[] = $path;
		$file            = $this->files[ $path ] ?? [ 404, '' ];
		$body            = 'large.png' === $path ? self::picture( 1 ) . str_repeat( "\0", 50000000 ) : $file[1];
		file_put_contents( $args['filename'], substr( $body, 0, $args['limit_response_size'] ) );
		return [
			'headers'  => $file[2] ?? [],
			'body'     => '',
			'response' => [ 'code' => $file[0], 'message' => '' ],
			'cookies'  => [],
			'filename' => $args['filename'],
		];
	}
}
