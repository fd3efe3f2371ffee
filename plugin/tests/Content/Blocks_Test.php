<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

use Igny8\Bridge\Content\Body\Block_Body;
use Igny8\Bridge\Content\Made_Bodies;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * HTML becomes the blocks that WordPress' own editor would store (docs/adr/0029-blocks.md). That its own validator takes
 * them for its own is shown in a browser: test/e2e/blocks.test.ts.
 *
 * @group environment
 */
final class Blocks_Test extends Content_Test_Case {

	private const HTML = "<h2 id=\"start\">Start &amp; go</h2>\n<p>One <b>two</b>.</p>";

	/**
	 * @dataProvider bodies
	 * @param string[] $names Of the blocks.
	 */
	public function test_html_becomes_core_blocks( string $html, array $names, string $part = '' ): void {
		add_shortcode( 'igny8_box', '__return_empty_string' );
		$body = ( new Block_Body() )->of( $html );
		self::assertSame( $names, self::names( parse_blocks( $body ) ), $body );
		self::assertStringContainsString( $part, $body );
		self::assert_is_whole( $html, $body );
	}

	public function bodies(): array {
		return [
			'paragraphs'             => [ '<p>One <b>two</b></p><p>Three</p>', [ 'paragraph', 'paragraph' ], "<!-- wp:paragraph -->\n<p>One <b>two</b></p>\n<!-- /wp:paragraph -->" ],
			'text alone'             => [ "One & <i>two</i>\nline\n\nThree", [ 'paragraph', 'paragraph' ], '<p>One &amp; <i>two</i><br>' ],
			'text between'           => [ "<h3>A</h3>One\n\ntwo<p>three", [ 'heading', 'paragraph', 'paragraph', 'paragraph' ], '<p>two</p>' ],
			'alignment'              => [ '<p style="color:red; text-align: center">One</p>', [ 'paragraph' ], '<p class="has-text-align-center">One</p>' ],
			'class and anchor'       => [ '<p id="a" class="lead MsoNormal">One</p>', [ 'paragraph' ], '{"className":"lead"}' ],
			'headings'               => [ '<h1>A</h1><h2 id="b">B</h2><h6>C</h6>', [ 'heading', 'heading', 'heading' ], 'id="b"' ],
			'an empty paragraph'     => [ '<p>&nbsp;</p><p>One</p><p><br></p>', [ 'paragraph' ] ],
			'lists in lists'         => [ '<ol start="3" reversed><li>A<ul><li>B</li></ul></li><li><p>C</p><p>D</p></li></ol>', [ 'list(list-item(list(list-item)),list-item)' ], '<li>C<br>D</li>' ],
			'a list of more'         => [ '<ul><li>A<pre>code</pre></li></ul>', [ 'html' ] ],
			'a quote'                => [ '<blockquote><p>A</p><p>B</p><footer><cite>C</cite></footer></blockquote>', [ 'quote(paragraph,paragraph)' ], '<cite>C</cite></blockquote>' ],
			'a table'                => [ '<table><caption>Cap</caption><thead><tr><th scope="col">A</th><th align="right">B</th></tr></thead><tr><td><p>C</p></td><td></td></tr><tfoot><tr><td>F</td><td>G</td></tr></tfoot></table>', [ 'table' ], '<th class="has-text-align-right" data-align="right">B</th>' ],
			'a table of more'        => [ '<table><tr><td><ul><li>A</li></ul></td></tr></table>', [ 'html' ] ],
			'code'                   => [ "<pre><code class=\"language-php\">if (\$a &lt; 1) {\n  [gallery]\n}</code></pre>", [ 'code' ], "if (\$a &lt; 1) {\n  &#91;gallery]" ],
			'preformatted'           => [ "<pre>a\n  b</pre>", [ 'preformatted' ], "a\n  b</pre>" ],
			'an image in a line'     => [ '<p>One <img src="https://e.test/a.png" alt="A"> two</p>', [ 'paragraph' ] ],
			'an image alone'         => [ '<p><a href="https://e.test/"><img class="alignright" src="https://e.test/a.png" alt="A &quot;b&quot;"></a></p>', [ 'image' ], '<a href="https://e.test/"><img src="https://e.test/a.png" alt="A &quot;b&quot;"/></a>' ],
			'a figure'               => [ '<figure><img class="wp-image-7 size-large" src="https://e.test/a.png"><figcaption>One <i>two</i></figcaption></figure>', [ 'image' ], '<figcaption class="wp-element-caption">One <i>two</i></figcaption>' ],
			'a figure of more'       => [ '<figure><iframe src="https://e.test/"></iframe></figure>', [ 'html' ] ],
			'a line across'          => [ 'A<hr>B', [ 'paragraph', 'separator', 'paragraph' ] ],
			'a video'                => [ "<p>https://www.youtube.com/watch?v=abc&amp;t=1</p>", [ 'embed' ], '"providerNameSlug":"youtube"' ],
			'a linked video'         => [ '<p><a href="https://vimeo.com/1">https://vimeo.com/1</a></p>', [ 'embed' ], "\nhttps://vimeo.com/1\n" ],
			'another address'        => [ '<p>https://igny8.test/page</p>', [ 'paragraph' ] ],
			'a shortcode'            => [ '<p>[igny8_box ids="1,2"]</p><p>[igny8_none]</p>', [ 'shortcode', 'paragraph' ], "\n[igny8_box ids=\"1,2\"]\n" ],
			'a divided text'         => [ 'A<!--more-->B<!--nextpage-->C', [ 'paragraph', 'more', 'paragraph', 'nextpage', 'paragraph' ] ],
			'wrappers'               => [ '<div><article><p>A</p></article></div>', [ 'paragraph' ] ],
			'a group'                => [ '<section id="s" class="box"><p>A</p>B</section>', [ 'group(paragraph,paragraph)' ], '"tagName":"section"' ],
			'a pasted document'      => [ '<b id="docs-internal-guid-1"><p>A</p><span><h2>B</h2></span></b>', [ 'paragraph', 'heading' ] ],
			'a script'               => [ '<p>A</p><script>if (a<b && "</p>") x()</script>', [ 'paragraph', 'html' ], '<script>if (a<b && "</p>") x()</script>' ],
			'a drawing'              => [ '<p>A <svg viewBox="0 0 1 1"><path d="M0"/></svg></p>', [ 'paragraph' ], '<svg viewBox="0 0 1 1"><path d="M0"/></svg>' ],
			'a form'                 => [ '<form action="/x"><input name="a"> <button>B</button></form>', [ 'html' ] ],
			'definitions'            => [ '<dl><dt>A</dt><dd>B</dd></dl>', [ 'html' ] ],
			'entities without end'   => [ '<p>A &amp</p><p>&copy 2026 &#169 R&D &bogus;</p>', [ 'paragraph', 'paragraph' ], '© 2026 © R&amp;D &amp;bogus;' ],
			'a paragraph with more'  => [ '<p>A<div>B</div>C</p>', [ 'paragraph', 'paragraph', 'paragraph' ] ],
			'never closed'           => [ '<p>A<b>B', [ 'paragraph' ], '<p>A<b>B</b></p>' ],
			'what would be lost'     => [ '<p>A<script>never closed', [ 'html' ], '<p>A<script>never closed' ],
			'other alphabets'        => [ "<p>Grüße, мир, 日本, 🎉\u{a0}!</p>", [ 'paragraph' ], "Grüße, мир, 日本, 🎉&nbsp;!" ],
		];
	}

	/**
	 * Pieces of HTML in any order: whole texts, broken ones, and what only looks like HTML.
	 */
	public function test_no_text_is_lost_whatever_the_html(): void {
		$pieces = [ '<p>', '</p>', '<div>', '</div>', '<div class="k">', '<b>', '</b>', '<em>', '</em>', '<ul>', '<li>', '</li>', '</ul>', '<ol start="2">', '</ol>', '<table>', '<tr>', '<td>', '</td>', '</tr>', '</table>', '<thead>', '</thead>', '<th scope=row>', '<caption>', '</caption>', '<h2 id="a">', '</h2>', '<blockquote>', '</blockquote>', '<cite>', '</cite>', '<pre>', '<code>', '</code>', '</pre>', '<img src="https://e.test/x.png" alt="a>b">', '<a href="https://e.test">', '</a>', '<br>', '<hr>', 'text ', 'wörd ', 'a < b ', 'R&D ', '&amp; ', '&lt;i&gt; ', '&copy ', '🎉', "\n\n", "\r\n", '<!-- c -->', '<!--more-->', '<script>a<b</script>', '<style>p{}</style>', '<figure>', '</figure>', '<figcaption>', '</figcaption>', '<span style="x">', '</span>', '<x-y>', '</x-y>', '"', "'", '<', '>', '[gallery]', 'https://youtu.be/x', '<iframe src="https://e.test/f"></iframe>', '<input type=checkbox checked>', '<dl><dt>', '</dt><dd>', '</dd></dl>', '<details><summary>s</summary>', '</details>', '<svg viewBox="0 0 1 1"><path d="M0"/></svg>', "\\", '$1', "\x01" ];
		$state  = 14;
		$next   = static function ( int $below ) use ( &$state ): int {
			$state = ( $state * 1103515245 + 12345 ) & 0x7fffffff;
			return intdiv( $state, 256 ) % $below;
		};
		$whole  = 0;
		for ( $case = 0; $case < 400; $case++ ) {
			$html = '';
			for ( $left = 1 + $next( 24 ); $left > 0; $left-- ) {
				$html .= $pieces[ $next( count( $pieces ) ) ];
			}
			$body = ( new Block_Body() )->of( $html );
			self::assert_is_whole( $html, $body );
			$whole += "<!-- wp:html -->\n" . trim( $html ) . "\n<!-- /wp:html -->" === $body && strlen( $html ) > 40 ? 1 : 0;
		}
		self::assertLessThan( 60, $whole, 'Most broken texts still become blocks.' );
	}

	public function test_a_type_with_the_block_editor_gets_blocks(): void {
		$item = $this->create( [ 'title' => 'A', 'body' => self::HTML ], '', 'post' )['item'];
		self::assertSame( self::row( $item['id'] )['post_content'], $item['body'] );
		self::assertSame( [ 'heading', 'paragraph' ], self::names( parse_blocks( $item['body'] ) ) );
		self::assertSame( Made_Bodies::hash( self::HTML ), $item['made_of'] );
	}

	public function test_a_type_without_it_keeps_the_html(): void {
		$item = $this->create( [ 'title' => 'A', 'body' => self::HTML ] )['item'];
		self::assertSame( self::HTML, $item['body'] );
		self::assertArrayNotHasKey( 'made_of', $item );
	}

	public function test_the_choice_of_the_classic_editor_is_heard(): void {
		add_filter( 'use_block_editor_for_post_type', '__return_false', 100 );
		self::assertSame( self::HTML, $this->create( [ 'title' => 'A', 'body' => self::HTML ], '', 'post' )['item']['body'] );
		remove_filter( 'use_block_editor_for_post_type', '__return_false', 100 );
		add_filter( 'use_block_editor_for_post', '__return_false', 100 );
		self::assertSame( self::HTML, $this->create( [ 'title' => 'B', 'body' => self::HTML ], '', 'post' )['item']['body'] );
		remove_filter( 'use_block_editor_for_post', '__return_false', 100 );
	}

	public function test_blocks_stay_byte_for_byte(): void {
		$blocks = "<!-- wp:acme/thing {\"a\":1} /-->\n\n<!-- wp:paragraph -->\n<p  class=x>One</p>\n<!-- /wp:paragraph -->\nloose";
		$item   = $this->create( [ 'title' => 'A', 'body' => $blocks ], '', 'post' )['item'];
		self::assertSame( $blocks, $item['body'] );
		self::assertSame( $blocks . '!', $this->change( $item, [ 'body' => $blocks . '!' ] )['body'] );
	}

	public function test_a_classic_post_stays_classic(): void {
		$post  = $this->document( self::make_post( [ 'post_type' => 'post', 'post_content' => "Old\n\ntext" ] ) );
		$after = $this->change( $post, [ 'title' => 'New' ] );
		self::assertSame( "Old\n\ntext", $after['body'] );
		self::assertSame( self::HTML, $this->change( $after, [ 'body' => self::HTML ] )['body'] );
	}

	public function test_html_in_place_of_blocks_becomes_blocks(): void {
		$post  = $this->document( self::make_post( [ 'post_type' => 'post', 'post_content' => "<!-- wp:paragraph -->\n<p>Old</p>\n<!-- /wp:paragraph -->" ] ) );
		$after = $this->change( $post, [ 'body' => '<p>New</p>' ] );
		self::assertSame( "<!-- wp:paragraph -->\n<p>New</p>\n<!-- /wp:paragraph -->", $after['body'] );
		self::assertSame( Made_Bodies::hash( '<p>New</p>' ), $after['made_of'] );
		// Sent once more, it is what the post has: nothing is written.
		$again = $this->change( $after, [ 'body' => '<p>New</p>' ] );
		self::assertSame( [ $after['etag'], $after['modified'] ], [ $again['etag'], $again['modified'] ] );
	}

	public function test_an_edit_in_wordpress_is_no_longer_what_was_made(): void {
		$item = $this->create( [ 'title' => 'A', 'body' => self::HTML ], '', 'post' )['item'];
		self::set_columns( $item['id'], [ 'post_content' => str_replace( 'One', 'Two', $item['body'] ) ] );
		self::assertArrayNotHasKey( 'made_of', $this->document( $item['id'] ) );
	}

	public function test_a_repeated_command_gives_the_same_bytes(): void {
		$args  = [ 'op' => 'create', 'type' => 'post', 'item_id' => 'item_blocks', 'fields' => [ 'title' => 'A', 'body' => self::HTML ] ];
		$first = $this->run_command( 'apply', $args, 'blocks.1' );
		self::assertSame( $first, $this->run_command( 'apply', $args, 'blocks.1' ) );
		$other = $this->run_command( 'apply', $args, 'blocks.2' );
		self::assertSame( [ false, $first['item'] ], [ $other['created'], $other['item'] ] );
	}

	public function test_an_interrupted_create_is_finished_with_the_same_blocks(): void {
		$this->interrupt( 'save_post', [ 'title' => 'Half', 'body' => self::HTML ], 'item_half_blocks', 'post' );
		$data = $this->create( [ 'title' => 'Half', 'body' => self::HTML ], 'item_half_blocks', 'post' );
		self::assertTrue( $data['is_finished'] );
		self::assertSame( Made_Bodies::hash( self::HTML ), $data['item']['made_of'] );
		self::assertCount( 1, self::ids_with( 'Half' ) );
	}

	public function test_whoever_may_not_write_all_html_gets_blocks_too(): void {
		self::become_acting_user( $this, 'author' );
		$html = '<h2>A</h2><p style="text-align:center">One <em>two</em></p><table><tr><td>A</td></tr></table><p><img src="https://e.test/a.png" alt="b"></p><ol start="2"><li>x</li></ol>';
		$item = $this->create( [ 'title' => 'A', 'body' => $html ], '', 'post' )['item'];
		self::assertSame( ( new Block_Body() )->of( $html ), str_replace( '" />', '"/>', $item['body'] ) );
		$result = $this->command_result( 'apply', [ 'op' => 'create', 'type' => 'post', 'item_id' => 'item_kses', 'fields' => [ 'title' => 'B', 'body' => '<p onclick="x()">A</p><script>x()</script>' ] ] );
		self::assertSame( 'content_altered', $result['code'] );
	}

	public function test_a_large_body_is_made_in_time(): void {
		$html  = str_repeat( '<h2>Title</h2><p>Some <b>bold</b> and <a href="https://e.test/">linked</a> text, long enough.</p><ul><li>A</li><li>B</li></ul>', 3000 );
		$start = microtime( true );
		$body  = ( new Block_Body() )->of( $html );
		self::assertLessThan( 10, microtime( true ) - $start );
		self::assertSame( 9000, substr_count( $body, '<!-- /wp:heading' ) + substr_count( $body, '<!-- /wp:paragraph' ) + substr_count( $body, '<!-- /wp:list -->' ) );
		self::assertSame( '<!-- wp:html -->', substr( ( new Block_Body() )->of( str_repeat( '<div>', 3000 ) . 'deep' ), 0, 16 ) );
	}

	public function test_the_hash_is_the_one_of_the_api(): void {
		foreach ( json_decode( (string) file_get_contents( dirname( __DIR__, 3 ) . '/test/fixtures/body-hash-vectors.json' ), true ) as $vector ) {
			self::assertSame( $vector['hash'], Made_Bodies::hash( $vector['text'] ) );
		}
	}

	/**
	 * The body is blocks alone, WordPress writes it as it reads it, and it shows what the HTML showed.
	 */
	private static function assert_is_whole( string $html, string $body ): void {
		$blocks = parse_blocks( $body );
		self::assertSame( $body, serialize_blocks( $blocks ) );
		foreach ( $blocks as $block ) {
			self::assertTrue( null !== $block['blockName'] || '' === trim( $block['innerHTML'] ), $html );
		}
		self::assertSame( self::shown( $html ), self::shown( $body ), $html . "\n\n" . $body );
	}

	/**
	 * What people see, by rules of its own: the bytes of the text without any space, in any order.
	 */
	private static function shown( string $html ): array {
		$html = (string) preg_replace( [ '/<!--.*?-->/s', '/&(amp|copy|#169)(?![;\w])/' ], [ '', '&$1;' ], $html );
		$text = html_entity_decode( (string) preg_replace( '~</?[a-zA-Z](?:[^"\'>]|"[^"]*"|\'[^\']*\')*>~', '', $html ), ENT_QUOTES | ENT_HTML5 );
		return count_chars( (string) preg_replace( '/[\s\x{a0}]+/u', '', $text ), 1 );
	}

	/**
	 * @return string[] Names with those of the inner blocks.
	 */
	private static function names( array $blocks ): array {
		$names = [];
		foreach ( $blocks as $block ) {
			if ( null !== $block['blockName'] ) {
				$inner   = self::names( $block['innerBlocks'] );
				$names[] = substr( $block['blockName'], 5 ) . ( [] === $inner ? '' : '(' . implode( ',', $inner ) . ')' );
			}
		}
		return $names;
	}
}
