<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Commands\Request_Facts;
use Igny8\Bridge\Connection\Site_Url;
use Igny8\Bridge\Doctor\Layers;
use Igny8\Bridge\Security\Api_Key;
use Igny8\Bridge\Security\Message_Headers;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Support\Backoff;
use Igny8\Bridge\Support\Origin;
use Igny8\Bridge\Support\Request_Id;
use WP_REST_Request;

/**
 * Rules that the plugin and the API implement both, tested with the same vectors on both sides.
 */
final class Shared_Vectors_Test extends Site_Test_Case {

	public function test_the_doctor_has_a_label_for_every_layer(): void {
		$vectors = Vectors::read( 'doctor-layer-vectors' );
		self::assertSame( array_merge( $vectors['layers'], $vectors['plugin_only'] ), array_keys( Layers::names() ) );
	}

	public function test_findings_have_the_layer_of_the_apis_findings(): void {
		$layers = self::layers_in_source();
		foreach ( Vectors::read( 'doctor-layer-vectors' )['layer_of_code'] as $code => $layer ) {
			self::assertSame( [ $layer ], $layers[ $code ] ?? [], $code );
		}
		self::assertSame( [], array_diff( array_merge( ...array_values( $layers ) ), array_keys( Layers::names() ) ) );
	}

	/**
	 * @dataProvider addresses
	 */
	public function test_addresses_of_one_site_are_equal_and_others_are_not( string $one, string $other, bool $same ): void {
		self::assertSame( $same, Site_Url::is_same( $one, $other ) );
		self::assertSame( $same, Site_Url::is_same( $other, $one ) );
	}

	public function addresses(): array {
		return array_map( 'array_values', Vectors::read( 'site-address-vectors' )['vectors'] );
	}

	public function test_pauses_stay_within_their_bounds(): void {
		$backoff = new Backoff();
		$vectors = Vectors::read( 'backoff-vectors' )['plugin'];
		foreach ( $vectors['delays'] as $vector ) {
			$delays = [];
			for ( $i = 0; $i < 300; $i++ ) {
				$delays[] = $backoff->delay_s( $vector['attempt'] );
			}
			$width = $vector['most_s'] - $vector['least_s'];
			self::assertGreaterThanOrEqual( $vector['least_s'], min( $delays ) );
			self::assertLessThanOrEqual( $vector['most_s'], max( $delays ) );
			self::assertGreaterThan( $width / 2, max( $delays ) - min( $delays ), 'The jitter covers the bounds.' );
		}
		foreach ( $vectors['retry_after'] as $vector ) {
			self::assertSame( $vector['delay_s'], $backoff->delay_s( $vector['attempt'], $vector['asked_s'] ) );
		}
	}

	public function test_messages_have_the_headers_that_the_api_reads(): void {
		$vectors = Vectors::read( 'header-vectors' );
		$secret  = Signer::new_secret();
		self::assertSame( $vectors['signature'], array_keys( ( new Signer() )->headers( [ $secret ], 'msg_1', '{}' ) ) );
		self::assertSame( $vectors['request_id'], Request_Id::HEADER );

		$this->connect();
		$headers = ( new Message_Headers( $this->plugin->config, $this->plugin->keys, new Signer() ) )->of( 'msg_1', '{}' );
		self::assertEqualsCanonicalizing( $vectors['site_message'], array_keys( array_change_key_case( $headers ) ) );
	}

	public function test_requests_need_the_headers_that_the_api_sends(): void {
		$vectors = Vectors::read( 'header-vectors' );
		$request = new WP_REST_Request( 'POST', '/igny8/v1/commands' );
		self::assertEqualsCanonicalizing( $vectors['commands_request'], ( new Request_Facts( $request ) )->differences()['missing'] );
		foreach ( $vectors['commands_request'] as $name ) {
			$request->set_header( $name, 'x' );
		}
		self::assertSame( [], ( new Request_Facts( $request ) )->differences()['missing'] );

		$request->set_header( $vectors['request_id'], 'req_1' );
		$request->set_header( $vectors['run_id'], 'run_1' );
		self::assertSame( [ 'request_id' => 'req_1', 'run_id' => 'run_1' ], Origin::of_request( $request )->to_array() );
	}

	public function test_api_keys_have_the_format_of_the_api(): void {
		$vectors = Vectors::read( 'api-key-vectors' );
		foreach ( $vectors['well_formed'] as $vector ) {
			self::assertTrue( Api_Key::is_well_formed( $vector['key'] ), $vector['key'] );
			self::assertSame( $vector['masked'], Api_Key::mask( $vector['key'] ) );
		}
		foreach ( $vectors['malformed'] as $vector ) {
			self::assertFalse( Api_Key::is_well_formed( $vector['key'] ), $vector['name'] );
		}
	}

	/**
	 * @return array<string, string[]> Code => layers, of every finding whose layer is a literal.
	 */
	private static function layers_in_source(): array {
		$layers = [];
		foreach ( (array) glob( dirname( IGNY8_BRIDGE_FILE ) . '/includes/Doctor/*.php' ) as $file ) {
			preg_match_all( '/\'([a-z_]+)\',\s*\'([a-z_]+)\',\s*__\(/', (string) file_get_contents( (string) $file ), $found, PREG_SET_ORDER );
			foreach ( $found as list( , $layer, $code ) ) {
				$layers[ $code ] = array_unique( array_merge( $layers[ $code ] ?? [], [ $layer ] ) );
			}
		}
		return $layers;
	}
}
