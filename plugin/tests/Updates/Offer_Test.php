<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Updates;

use Igny8\Bridge\Tests\Fake_Api;
use Igny8\Bridge\Tests\Vectors;
use Igny8\Bridge\Updates\Manifest;
use Igny8\Bridge\Updates\Offers;
use Igny8\Bridge\Updates\Server;
use WP_Error;

require_once __DIR__ . '/Updates_Test_Case.php';

/**
 * Which releases this site is offered, and whom it believes.
 */
final class Offer_Test extends Updates_Test_Case {

	public function test_a_manifest_of_the_deployment_is_read_as_it_was_signed(): void {
		$vector   = Vectors::read( 'plugin-manifest-vectors' );
		$manifest = Manifest::open( $vector['served'], [ $vector['public_key'] ], $vector['server'] );
		self::assertSame( $vector['serial'], $manifest->serial() );
		self::assertSame( $vector['versions'], array_map( static fn( $release ): string => $release->version(), $manifest->releases() ) );
		self::assertSame( 25, $manifest->releases()[0]->share() );
		self::assertSame( 'Ünïcode “quotes” / slashes', $manifest->releases()[0]->changelog()[0] );
		self::assertSame( $vector['withdrawn']['0.2.5'], $manifest->withdrawal( '0.2.5' ) );
	}

	public function test_wordpress_is_told_of_a_newer_release(): void {
		$this->learn( [ self::release( self::NEXT ) ] );
		$offer = $this->offered();
		self::assertSame( [ self::NEXT, Fake_Api::url() . '/plugin/9.9.0/igny8-wordpress-bridge.zip', '7.4', '7.1' ], [ $offer['version'], $offer['package'], $offer['requires_php'], $offer['tested'] ] );
		self::assertArrayNotHasKey( 'autoupdate', $offer );
	}

	public function test_the_question_carries_no_key(): void {
		$this->learn( [ self::release( self::NEXT ) ] );
		self::assertSame( [ 'GET ' . Server::MANIFEST_PATH ], $this->api->calls() );
		self::assertSame( '', $this->api->requests[0]['authorization'] );
		self::assertStringNotContainsString( self::KEY, (string) wp_json_encode( $this->api->requests[0]['args'] ) );
	}

	public function test_without_a_newer_release_wordpress_is_told_the_installed_version(): void {
		$this->learn( [ self::release( IGNY8_BRIDGE_VERSION ) ] );
		self::assertSame( IGNY8_BRIDGE_VERSION, $this->offered()['version'] );
		self::assertSame( '0.0.9', $this->learn( [ self::release( '0.0.1' ) ] ) ? $this->offered( '0.0.9' )['version'] : '' );
	}

	public function test_other_plugins_are_none_of_its_business(): void {
		self::assertSame( 'theirs', $this->hooks()->offer( 'theirs', [ 'Version' => '1.0' ], 'other/other.php' ) );
		self::assertSame( 'theirs', $this->hooks()->describe( 'theirs', 'plugin_information', (object) [ 'slug' => 'other' ] ) );
		self::assertFalse( $this->download( 'https://other.example/x.zip', 'other/other.php' ) );
		self::assertSame( [], $this->api->requests );
	}

	public function test_an_unconnected_site_asks_nobody_and_is_offered_nothing(): void {
		$this->plugin->connection->clear();
		$this->serve( $this->signed( self::manifest( [ self::release( self::NEXT ) ] ) ) );
		self::assertNull( $this->ask() );
		self::assertFalse( $this->offered() );
		self::assertSame( [], $this->api->requests );
		self::assertSame( '', $this->error_code() );
	}

	public function test_a_copy_of_a_site_asks_nobody(): void {
		remove_all_filters( 'option_home', 999 );
		add_filter( 'option_home', static fn(): string => 'https://staging.example', 999 );
		self::assertNull( $this->ask() );
		self::assertSame( [], $this->api->requests );
	}

	public function test_an_address_in_another_case_is_the_same_server(): void {
		$this->module = $this->module_of( Fake_Api::url(), strtoupper( Fake_Api::url() ) );
		self::assertSame( self::NEXT, $this->learn( [ self::release( self::NEXT ) ] )->update()->version() );
	}

	public function test_a_site_that_talks_to_another_server_takes_updates_from_neither(): void {
		$this->module = $this->module_of( 'https://elsewhere.example', Fake_Api::url() );
		self::assertNull( $this->ask() );
		self::assertSame( [], $this->api->requests );
	}

	/**
	 * @dataProvider untrusted
	 */
	public function test_what_is_not_signed_for_this_site_is_not_believed( string $code, callable $served ): void {
		$this->serve( $served( $this ) );
		self::assertNull( $this->ask() );
		self::assertSame( $code, $this->error_code() );
		self::assertFalse( $this->offered() );
		self::assertContains( $code, self::log_codes( $this->plugin ) );
	}

	public function untrusted(): array {
		$good = self::manifest( [ self::release( self::NEXT ) ] );
		$with = static function ( array $changes ): callable {
			return static fn( self $test ): array => $test->signed( self::manifest( [ self::release( self::NEXT ) ], $changes ) );
		};
		$of   = static function ( array $changes ): callable {
			return static fn( self $test ): array => $test->signed( self::manifest( [ self::release( self::NEXT, $changes ) ] ) );
		};
		return [
			'a changed text'              => [ 'update_signature_invalid', static fn( self $test ): array => $test->signed( str_replace( '9.9.0', '9.9.1', (string) wp_json_encode( $good ) ), null, (string) wp_json_encode( $good ) ) ],
			'another key'                 => [ 'update_signature_invalid', static fn( self $test ): array => $test->signed( $good, sodium_crypto_sign_keypair() ) ],
			'another key with this name'  => [ 'update_signature_invalid', static fn( self $test ): array => array_replace_recursive( $test->signed( $good, sodium_crypto_sign_keypair() ), [ 'signatures' => [ [ 'key' => $test->signed( $good )['signatures'][0]['key'] ] ] ] ) ],
			'a signature without label'   => [ 'update_signature_invalid', static fn( self $test ): array => array_replace_recursive( $test->signed( $good ), [ 'signatures' => [ [ 'signature' => base64_encode( sodium_crypto_sign_detached( (string) wp_json_encode( $good ), sodium_crypto_sign_secretkey( $test->pair ) ) ) ] ] ] ) ],
			'a short signature'           => [ 'update_signature_invalid', static fn( self $test ): array => array_replace_recursive( $test->signed( $good ), [ 'signatures' => [ [ 'signature' => 'AAAA' ] ] ] ) ],
			'no signature'                => [ 'update_signature_invalid', static fn( self $test ): array => array_merge( $test->signed( $good ), [ 'signatures' => [] ] ) ],
			'a page'                      => [ 'update_manifest_invalid', static fn(): array => [ 'html' => true ] ],
			'another server'              => [ 'update_manifest_invalid', $with( [ 'server' => 'https://staging.example' ] ) ],
			'another plugin'              => [ 'update_manifest_invalid', $with( [ 'slug' => 'another' ] ) ],
			'another format'              => [ 'update_manifest_invalid', $with( [ 'format' => 2 ] ) ],
			'no serial'                   => [ 'update_manifest_invalid', $with( [ 'serial' => '1000' ] ) ],
			'no releases'                 => [ 'update_manifest_invalid', $with( [ 'releases' => [] ] ) ],
			'a zip of another host'       => [ 'update_manifest_invalid', $of( [ 'package' => 'https://evil.example/plugin/9.9.0/igny8-wordpress-bridge.zip' ] ) ],
			'a zip of another host, lazy' => [ 'update_manifest_invalid', $of( [ 'package' => '//evil.example/plugin/9.9.0/igny8-wordpress-bridge.zip' ] ) ],
			'a zip of another release'    => [ 'update_manifest_invalid', $of( [ 'package' => '/plugin/9.8.0/igny8-wordpress-bridge.zip' ] ) ],
			'a strange version'           => [ 'update_manifest_invalid', $of( [ 'version' => '9.9.0-rc.1' ] ) ],
			'no checksum'                 => [ 'update_manifest_invalid', $of( [ 'sha256' => '' ] ) ],
			'a strange share'             => [ 'update_manifest_invalid', $of( [ 'share' => 101 ] ) ],
		];
	}

	public function test_a_failure_is_logged_once_and_shown_until_it_is_over(): void {
		$this->serve( $this->signed( self::manifest( [ self::release( self::NEXT ) ] ), sodium_crypto_sign_keypair() ) );
		$this->ask();
		$this->ask();
		self::assertCount( 1, array_keys( self::log_codes( $this->plugin ), 'update_signature_invalid', true ) );
		self::assertNotNull( $this->learn( [ self::release( self::NEXT ) ] ) );
		self::assertSame( '', $this->error_code() );
	}

	public function test_an_older_manifest_is_ignored_and_what_was_known_stays(): void {
		$this->learn( [ self::release( self::LATEST ), self::release( self::NEXT ) ], [ 'serial' => 2000, 'withdrawn' => [ self::NEXT => 'Breaks.' ] ] );
		$offers = $this->learn( [ self::release( self::NEXT ) ], [ 'serial' => 1999 ] );
		self::assertSame( 'update_manifest_older', $this->error_code() );
		self::assertSame( self::LATEST, $offers->update()->version() );
		self::assertSame( self::LATEST, $this->offered()['version'] );
		self::assertSame( 'Breaks.', $this->ask( self::NEXT )->withdrawal() );
	}

	public function test_a_downgrade_is_never_offered_as_an_update(): void {
		$this->learn( [ self::release( '0.1.0' ) ] );
		self::assertSame( IGNY8_BRIDGE_VERSION, $this->offered()['version'] );
		self::assertNull( $this->ask()->update() );
	}

	public function test_a_server_that_is_away_changes_nothing(): void {
		$this->learn( [ self::release( self::NEXT ) ] );
		$this->api->on( 'GET', Server::MANIFEST_PATH, new WP_Error( 'http_request_failed', 'timed out' ) );
		self::assertSame( self::NEXT, $this->ask()->update()->version() );
		self::assertSame( 'api_unreachable', $this->error_code() );
		$this->api->on( 'GET', Server::MANIFEST_PATH, Fake_Api::html( 200 ) );
		self::assertSame( self::NEXT, $this->ask()->update()->version() );
	}

	public function test_the_server_is_asked_once_a_minute_at_most(): void {
		$this->learn( [ self::release( self::NEXT ) ] );
		$this->offered();
		$this->offered();
		self::assertCount( 1, $this->api->requests );
	}

	public function test_a_share_of_the_sites_is_offered_a_release_and_a_larger_share_keeps_them(): void {
		$sites = array_map( static fn( int $n ): string => "site_$n", range( 1, 1000 ) );
		$count = static fn( int $share ): array => array_keys( array_filter( $sites, static fn( string $site ): bool => Offers::bucket( $site ) < $share ) );
		self::assertSame( [], $count( 0 ) );
		self::assertCount( 1000, $count( 100 ) );
		self::assertEqualsWithDelta( 100, count( $count( 10 ) ), 35 );
		self::assertSame( [], array_diff( $count( 10 ), $count( 30 ) ) );
	}

	public function test_a_site_outside_of_the_share_gets_the_newest_release_that_is_for_all(): void {
		$bucket   = Offers::bucket( 'site_1' );
		$releases = static fn( int $share ): array => [ self::release( self::LATEST, [ 'share' => $share ] ), self::release( self::NEXT ) ];
		self::assertSame( self::NEXT, $this->learn( $releases( 0 ) )->update()->version() );
		self::assertSame( self::NEXT, $this->learn( $releases( $bucket ) )->update()->version() );
		self::assertSame( self::LATEST, $this->learn( $releases( $bucket + 1 ) )->update()->version() );
	}

	public function test_a_share_of_nothing_offers_nothing(): void {
		self::assertNull( $this->learn( [ self::release( self::NEXT, [ 'share' => 0 ] ) ] )->update() );
		self::assertSame( IGNY8_BRIDGE_VERSION, $this->offered()['version'] );
	}

	public function test_a_withdrawn_release_is_not_offered(): void {
		$offers = $this->learn( [ self::release( self::LATEST ), self::release( self::NEXT ) ], [ 'withdrawn' => [ self::LATEST => 'Breaks.' ] ] );
		self::assertSame( self::NEXT, $offers->update()->version() );
	}

	public function test_a_site_on_a_withdrawn_release_is_offered_the_one_before_and_nothing_happens_by_itself(): void {
		$this->learn( [ self::release( self::NEXT ), self::release( '0.1.0' ), self::release( '0.0.9' ) ], [ 'withdrawn' => [ self::NEXT => 'Breaks.' ] ] );
		$offers = $this->ask( self::NEXT );
		self::assertSame( [ 'Breaks.', '0.1.0', null ], [ $offers->withdrawal(), $offers->before()->version(), $offers->update() ] );
		self::assertSame( self::NEXT, $this->offered( self::NEXT )['version'] );
	}

	public function test_a_release_for_newer_php_or_wordpress_is_left_out(): void {
		$releases = [ self::release( '9.12.0', [ 'requires' => '99.0' ] ), self::release( '9.11.0', [ 'requires_php' => '99.0' ] ), self::release( self::NEXT ) ];
		self::assertSame( self::NEXT, $this->learn( $releases )->update()->version() );
	}

	public function test_details_show_what_has_changed_as_text(): void {
		$this->learn( [ self::release( self::NEXT ) ] );
		$details = $this->hooks()->describe( false, 'plugin_information', (object) [ 'slug' => dirname( $this->basename ) ] );
		self::assertSame( [ self::NEXT, 'IGNY8 Bridge' ], [ $details->version, $details->name ] );
		self::assertStringContainsString( '<li>Mends &lt;b&gt;things&lt;/b&gt;.</li>', $details->sections['changelog'] );
	}
}
