<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * A field that the site alters on saving is named with both values and, where it can be found, who alters it.
 *
 * @group environment
 */
final class Alteration_Test extends Content_Test_Case {

	private const PLUGIN = 'igny8-altering';

	/** @var string[] Files of plugins that alter. */
	private array $files = [];

	/**
	 * @dataProvider alterations
	 */
	public function test_the_refusal_names_field_values_and_culprit( string $code, array $fields, array $expected ): void {
		$id     = self::make_post( [ 'post_name' => 'before', 'post_content' => 'Before' ] );
		$before = self::row( $id );
		$seen   = $this->document( $id );
		$this->run_plugin( $code );
		$result = $this->apply( 'update', $seen, $fields );
		self::assertSame( 'content_altered', $result['code'] ?? 'applied' );
		self::assertSame( array_combine( [ 'field', 'before', 'after', 'by', 'filter' ], $expected ), $result['alteration'] );
		foreach ( array_filter( $expected ) as $part ) {
			self::assertStringContainsString( $part, $result['detail'] );
		}
		self::assertSame( $before, self::row( $id ) );
	}

	public function alterations(): array {
		$data = static function ( string $column, string $value ): string {
			return "add_filter( 'wp_insert_post_data', function ( \$d ) { if ( 'igny8_event' === \$d['post_type'] ) { \$d['$column'] = '$value'; } return \$d; } );";
		};
		$late = static function ( string $do ): string {
			return "add_action( 'save_post_igny8_event', function ( \$id ) { global \$wpdb; $do } );";
		};
		$by   = self::PLUGIN;
		$kind = self::KIND;
		return [
			'title by a filter of the data' => [ $data( 'post_title', 'LOUD' ), [ 'title' => 'quiet' ], [ 'title', 'quiet', 'LOUD', $by, 'wp_insert_post_data' ] ],
			'body by a filter of the field' => [ "add_filter( 'content_save_pre', function ( \$text ) { return str_replace( 'cat', 'dog', \$text ); } );", [ 'body' => 'a cat' ], [ 'body', 'a cat', 'a dog', $by, 'content_save_pre' ] ],
			'slug by a filter'              => [ $data( 'post_name', 'other' ), [ 'slug' => 'mine' ], [ 'slug', 'mine', 'other', $by, 'wp_insert_post_data' ] ],
			'slug by sanitize_title'        => [ "add_filter( 'sanitize_title', function ( \$slug ) { return 'mine' === \$slug ? 'privet' : \$slug; } );", [ 'slug' => 'mine' ], [ 'slug', 'mine', 'privet', $by, 'sanitize_title' ] ],
			'status by a filter'            => [ $data( 'post_status', 'pending' ), [ 'status' => 'private' ], [ 'status', 'private', 'pending', $by, 'wp_insert_post_data' ] ],
			'date by a filter'              => [ $data( 'post_date_gmt', '2001-01-01 00:00:00' ), [ 'date' => '2020-02-02T02:02:02Z' ], [ 'date', '2020-02-02T02:02:02Z', '2001-01-01T00:00:00Z', $by, 'wp_insert_post_data' ] ],
			'status by SQL on a hook'       => [ $late( "\$wpdb->update( \$wpdb->posts, [ 'post_status' => 'draft' ], [ 'ID' => \$id ] );" ), [ 'status' => 'private' ], [ 'status', 'private', 'draft', $by, 'save_post_igny8_event' ] ],
			'meta by its sanitizer'         => [ "add_filter( 'sanitize_post_meta_place', function ( \$value ) { return strtoupper( \$value ); } );", [ 'meta' => [ 'place' => 'hall' ] ], [ 'meta.place', 'hall', 'HALL', $by, 'sanitize_post_meta_place' ] ],
			'meta on a hook'                => [ "add_action( 'wp_after_insert_post', function ( \$id ) { update_post_meta( \$id, 'place', 'Theirs' ); } );", [ 'meta' => [ 'place' => 'Ours' ] ], [ 'meta.place', 'Ours', 'Theirs', $by, 'wp_after_insert_post' ] ],
			'meta that is not stored'       => [ "add_filter( 'update_post_metadata', function ( \$done, \$id, \$key ) { return 'place' === \$key ? true : \$done; }, 10, 3 );", [ 'meta' => [ 'place' => 'Ours' ] ], [ 'meta.place', 'Ours', '', $by, 'update_post_metadata' ] ],
			'terms on a hook'               => [ "add_action( 'wp_after_insert_post', function ( \$id ) { wp_set_object_terms( \$id, [ 'Theirs' ], '$kind' ); } );", [ 'terms' => [ $kind => [ 'Ours' ] ] ], [ "terms.$kind", 'Ours', 'Theirs', $by, 'wp_after_insert_post' ] ],
		];
	}

	public function test_a_featured_image_that_a_plugin_replaces_is_named(): void {
		$ours   = self::make_image();
		$theirs = self::make_image();
		$seen   = $this->document( self::make_post() );
		$this->run_plugin( "add_action( 'wp_after_insert_post', function ( \$id, \$post ) { if ( 'igny8_event' === \$post->post_type ) { update_post_meta( \$id, '_thumbnail_id', $theirs ); } }, 10, 2 );" );
		$result = $this->apply( 'update', $seen, [ 'featured' => [ 'id' => $ours ] ] );
		self::assertSame( [ 'content_altered', 'featured', (string) $ours, (string) $theirs, self::PLUGIN ], [ $result['code'], $result['alteration']['field'], $result['alteration']['before'], $result['alteration']['after'], $result['alteration']['by'] ] );
	}

	/**
	 * @dataProvider harmless
	 */
	public function test_what_wordpress_itself_makes_of_a_value_stops_no_edit( array $fields, array $expected ): void {
		self::make_post( [ 'post_name' => 'taken' ] );
		$id    = self::make_post( [ 'post_name' => 'before' ] );
		$after = $this->change( $this->document( $id ), $fields );
		ksort( $expected );
		$found = array_intersect_key( $after, $expected );
		ksort( $found );
		self::assertSame( $expected, $found );
	}

	public function harmless(): array {
		return [
			'a slug that another post has' => [ [ 'slug' => 'taken' ], [ 'slug' => 'taken-2' ] ],
			'a slug that must be cleaned'  => [ [ 'slug' => 'Über die Brücke!' ], [ 'slug' => 'uber-die-brucke' ] ],
			'a long slug'                  => [ [ 'slug' => str_repeat( 'abcdefghi-', 20 ) . 'end' ], [ 'slug' => rtrim( substr( str_repeat( 'abcdefghi-', 20 ), 0, 200 ), '-' ) ] ],
			'a date to come'               => [ [ 'date' => '2040-01-01T00:00:00Z', 'status' => 'publish' ], [ 'date' => '2040-01-01T00:00:00Z', 'status' => 'future' ] ],
			'a link to a new window'       => [ [ 'body' => '<a href="https://example.com" target="_blank">x</a>' ], [ 'body' => '<a href="https://example.com" target="_blank">x</a>' ] ],
			'entities and open tags'       => [ [ 'body' => '<p>&#128; <b>open', 'title' => ' & x ' ], [ 'body' => '<p>&#128; <b>open', 'title' => ' & x ' ] ],
			'a term with an ampersand'     => [ [ 'terms' => [ self::KIND => [ 'R&D' ] ] ], [ 'terms' => [ self::KIND => [ 'R&D' ] ] ] ],
			'a number in meta'             => [ [ 'meta' => [ 'place' => 12 ] ], [ 'meta' => [ 'place' => '12' ] ] ],
		];
	}

	/**
	 * Loads a plugin from a file of its own, so that its folder can be found.
	 */
	private function run_plugin( string $code ): void {
		$folder = WP_PLUGIN_DIR . '/' . self::PLUGIN;
		wp_mkdir_p( $folder );
		$this->files[] = $folder . '/' . md5( $code ) . '.php';
		file_put_contents( end( $this->files ), "<?php\n$code" );
		require end( $this->files );
	}

	protected function tearDown(): void {
		array_map( 'unlink', $this->files );
		if ( [] !== $this->files ) {
			rmdir( WP_PLUGIN_DIR . '/' . self::PLUGIN );
		}
		$this->files = [];
		parent::tearDown();
	}
}
