<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Support\Translations;
use PHPUnit\Framework\TestCase;
use RecursiveDirectoryIterator;
use RecursiveIteratorIterator;

/**
 * Contents of the plugin's zip.
 */
final class Package_Test extends TestCase {

	public function test_every_translation_is_loaded_where_wordpress_has_none_of_its_own(): void {
		$text   = 'You are not allowed to do this.';
		$in     = static function ( string $locale ) use ( $text ): string {
			unload_textdomain( 'igny8-wordpress-bridge', true );
			// As at the start of a request; WordPress 6.1 remembers that a language had no file.
			$GLOBALS['wp_textdomain_registry'] = new \WP_Textdomain_Registry();
			( new Translations( dirname( IGNY8_BRIDGE_FILE ) . '/languages' ) )->hook();
			$choose     = static fn(): string => $locale;
			add_filter( 'determine_locale', $choose );
			$translated = translate( $text, 'igny8-wordpress-bridge' );
			remove_filter( 'determine_locale', $choose );
			unload_textdomain( 'igny8-wordpress-bridge', true );
			return $translated;
		};
		$german = 'Das dürfen Sie nicht.';
		self::assertSame( [ $german, $german, $german, $german ], array_map( $in, [ 'de_DE', 'de_DE_formal', 'de_AT', 'de_CH' ] ) );
		self::assertSame( [ $text, $text ], array_map( $in, [ 'fr_FR', 'en_US' ] ) );
	}

	public function test_every_text_names_the_text_domain(): void {
		foreach ( $this->sources() as $path => $code ) {
			$texts   = preg_match_all( '/\b(?:__|esc_html__|esc_attr__)\( /', $code );
			$domains = substr_count( $code, ", 'igny8-wordpress-bridge' )" );
			self::assertSame( $texts, $domains, $path );
		}
	}

	public function test_every_file_is_strict_and_holds_the_class_of_its_name(): void {
		foreach ( $this->sources() as $path => $code ) {
			self::assertStringContainsString( 'declare(strict_types=1);', $code, $path );
			$name = basename( $path, '.php' );
			if ( false !== strpos( $path, '/includes/' ) && 'functions' !== $name ) {
				self::assertSame( 1, preg_match_all( '/^(?:final class|abstract class|interface) (\w+)/m', $code, $found ), $path );
				self::assertSame( $name, $found[1][0] );
			}
		}
	}

	public function test_version_and_requirements_are_the_same_everywhere(): void {
		$header = get_file_data(
			IGNY8_BRIDGE_FILE,
			[
				'version' => 'Version',
				'php'     => 'Requires PHP',
				'wp'      => 'Requires at least',
			]
		);
		$readme = (string) file_get_contents( dirname( IGNY8_BRIDGE_FILE ) . '/readme.txt' );
		self::assertSame( IGNY8_BRIDGE_VERSION, $header['version'] );
		self::assertStringContainsString( "Stable tag: {$header['version']}\n", $readme );
		self::assertStringContainsString( "Requires PHP: {$header['php']}\n", $readme );
		self::assertStringContainsString( "Requires at least: {$header['wp']}\n", $readme );
		self::assertStringContainsString( "= {$header['version']} =\n", $readme );
	}

	/**
	 * @return iterable<string, string> Path => code.
	 */
	private function sources(): iterable {
		$folder = new RecursiveDirectoryIterator( dirname( IGNY8_BRIDGE_FILE ), RecursiveDirectoryIterator::SKIP_DOTS );
		foreach ( new RecursiveIteratorIterator( $folder ) as $file ) {
			if ( 'php' === $file->getExtension() && 'languages' !== basename( $file->getPath() ) ) {
				yield $file->getPathname() => (string) file_get_contents( $file->getPathname() );
			}
		}
	}
}
