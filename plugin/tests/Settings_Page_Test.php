<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Admin\Actions;
use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Connection\Status;
use RuntimeException;

/**
 * P1, and T46 in wp-admin.
 */
final class Settings_Page_Test extends Site_Test_Case {

	protected function setUp(): void {
		parent::setUp();
		add_filter(
			'wp_redirect',
			static function ( $location ) {
				throw new Redirected( (string) $location );
			}
		);
		add_filter(
			'wp_die_handler',
			static function () {
				return static function ( $message, $title, $args ): void {
					throw new RuntimeException( 'died ' . ( $args['response'] ?? 500 ) );
				};
			}
		);
		foreach ( Actions::ALL as $action ) {
			remove_all_actions( "admin_post_$action" );
		}
		$this->plugin->actions()->hook();
	}

	public function test_it_is_shown_only_to_administrators(): void {
		$editor = wp_insert_user( [ 'user_login' => 'ed', 'user_pass' => 'x', 'role' => 'editor' ] );
		wp_set_current_user( $editor );
		$this->expectExceptionMessage( 'died 403' );
		$this->page();
	}

	/**
	 * @dataProvider actions
	 */
	public function test_only_administrators_can_use_the_buttons( string $action ): void {
		foreach ( [ 0, wp_insert_user( [ 'user_login' => 'ed', 'user_pass' => 'x', 'role' => 'editor' ] ) ] as $user ) {
			wp_set_current_user( $user );
			self::assertSame( 'died 403', $this->press( $action, [], wp_create_nonce( $action ) ) );
		}
	}

	/**
	 * @dataProvider actions
	 */
	public function test_every_button_needs_its_own_nonce( string $action ): void {
		self::become_admin();
		self::assertSame( 'died 403', $this->press( $action, [], '' ) );
		self::assertSame( 'died 403', $this->press( $action, [], wp_create_nonce( 'another' ) ) );
		self::assertSame( [], $this->api->requests );
	}

	public function actions(): array {
		$named = [];
		foreach ( Actions::ALL as $action ) {
			$named[ $action ] = [ $action ];
		}
		return $named;
	}

	public function test_connecting_redirects_to_the_page_which_says_so_once(): void {
		self::become_admin();
		$this->api->is_up( home_url() );
		self::assertSame( Settings_Page::url(), $this->press( Actions::CONNECT, [ 'igny8_api_key' => self::KEY ] ) );
		$page = $this->page();
		self::assertStringContainsString( 'notice-success', $page );
		self::assertStringContainsString( 'data-igny8-state="ready"', $page );
		self::assertStringContainsString( 'Connected &amp; ready', $page );
		self::assertStringNotContainsString( 'notice-success', $this->page() );
	}

	public function test_neither_key_nor_password_nor_secret_is_ever_printed(): void {
		self::become_admin();
		$this->api->is_up( home_url() )->on( 'POST', '/api/v1/auth/sign-in/email', Fake_Api::problem( 401, 'invalid_credentials' ) );
		$typed = [ 'igny8_email' => 'me@example.com', 'igny8_password' => 'hunter2-hunter2', 'igny8_api_key' => self::KEY ];
		$this->press( Actions::CONNECT, $typed );
		$failed = $this->page();
		$this->press( Actions::CONNECT, [ 'igny8_api_key' => self::KEY ] );
		$connected = $this->page();

		foreach ( [ $failed, $connected ] as $page ) {
			foreach ( [ self::KEY, substr( self::KEY, 10, 40 ), 'hunter2-hunter2', self::signing_secret( $this->plugin ) ] as $secret ) {
				self::assertStringNotContainsString( $secret, $page );
				self::assertStringNotContainsString( $secret, html_entity_decode( $page ) );
			}
		}
		self::assertStringContainsString( 'igny8_0123…' . substr( self::KEY, -4 ), $connected );
	}

	public function test_a_password_reaches_the_api_as_it_was_typed(): void {
		self::become_admin();
		$this->api->on( 'POST', '/api/v1/auth/sign-in/email', Fake_Api::problem( 401, 'invalid_credentials' ) );
		$this->press( Actions::CONNECT, [ 'igny8_email' => 'me@example.com', 'igny8_password' => wp_slash( ' a\'b"c\\d<e ' ) ] );
		self::assertSame( ' a\'b"c\\d<e ', $this->api->last_body( 'POST', '/api/v1/auth/sign-in/email' )['password'] );
	}

	/**
	 * @dataProvider failures
	 */
	public function test_a_failure_shows_the_reason_and_what_to_do( string $method, string $path, array $answer, string $title ): void {
		self::become_admin();
		$this->api->is_up( home_url() )->on( $method, $path, $answer );
		$this->press( Actions::CONNECT, [ 'igny8_api_key' => self::KEY ] );
		$code   = json_decode( $answer['body'], true )['code'];
		$notice = $this->notices()[0];
		self::assertStringContainsString( 'notice-error', $notice );
		self::assertStringContainsString( 'role="alert"', $notice );
		self::assertStringContainsString( "<strong>$title.</strong> Detail of $code. Fix of $code.", $notice );
		self::assertStringContainsString( 'req_1', $notice );
	}

	public function failures(): array {
		$test = Fake_Api::INTEGRATION . 'test-connection/';
		return [
			'a wrong key'                => [ 'GET', '/api/v1/sites/', Fake_Api::problem( 401, 'api_key_unknown' ), 'Failed to connect' ],
			'a key of another site'      => [ 'POST', $test, Fake_Api::problem( 403, 'invalid_api_key' ), 'Failed to connect' ],
			'a site that is not there'   => [ 'POST', $test, Fake_Api::problem( 404, 'site_not_found' ), 'Site not found' ],
			'a site that cannot be seen' => [ 'POST', $test, Fake_Api::problem( 422, 'rest_blocked' ), 'Failed to connect' ],
		];
	}

	public function test_while_the_api_is_down_it_says_when_the_next_try_is(): void {
		self::become_admin();
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable', [ 'retry-after' => '600' ] ) );
		$this->press( Actions::CONNECT, [ 'igny8_api_key' => self::KEY ] );
		$page = $this->page();
		self::assertStringContainsString( 'data-igny8-state="waiting"', $page );
		self::assertStringContainsString( 'Failed to connect', $page );
		self::assertStringContainsString( 'in 10 min', $page );
		self::assertStringContainsString( 'Next try', $this->page() );

		$this->api->is_up( home_url() );
		$this->press( Actions::RETRY );
		self::assertStringContainsString( 'data-igny8-state="ready"', $this->page() );
	}

	public function test_every_state_has_words_of_its_own(): void {
		$texts  = new \Igny8\Bridge\Admin\State_Texts();
		$states = ( new \ReflectionClass( Status::class ) )->getConstants();
		$labels = [];
		foreach ( $states as $state ) {
			self::assertNotSame( '', $texts->explanation( $state ) );
			$labels[] = $texts->label( $state );
		}
		self::assertCount( count( $states ), array_unique( $labels ) );
	}

	public function test_sync_now_starts_the_run_of_the_app_and_says_how_much_it_sent_and_what_the_run_does(): void {
		$this->connect();
		self::become_admin();
		$waiting = [ 'for' => 'poll', 'since' => gmdate( 'c' ), 'next_at' => gmdate( 'c', time() + 60 ), 'detail' => 'x' ];
		$this->api->on( 'POST', Fake_Api::INTEGRATION . 'int_1/sync/', Fake_Api::json( 202, [ 'id' => 'run_7', 'status' => 'queued', 'waiting' => $waiting ] ) );
		$this->plugin->settings->save_switches( true, false );
		$this->press( Actions::SYNC );
		self::assertSame( [ 'direction' => 'from_external' ], $this->api->last_body( 'POST', Fake_Api::INTEGRATION . 'int_1/sync/' ) );
		$this->notices();
		$this->plugin->settings->save_switches( true, true );
		$this->press( Actions::SYNC );
		self::assertSame( [ 'direction' => 'both' ], $this->api->last_body( 'POST', Fake_Api::INTEGRATION . 'int_1/sync/' ) );
		$structure = igny8_get_site_structure();
		$sentence  = sprintf( '%d post types and %d taxonomies', count( $structure['post_types'] ), count( $structure['taxonomies'] ) );
		$notice    = $this->notices()[0];
		self::assertStringContainsString( $sentence, $notice );
		self::assertStringContainsString( 'for this site to poll IGNY8', $notice );
	}

	public function test_last_sync_is_the_moment_that_the_app_shows_with_its_result(): void {
		$this->connect();
		self::become_admin();
		$this->remote_has( [ 'last_sync_at' => gmdate( 'c', time() - 7200 ), 'last_run' => self::run_of( 'succeeded', 300, [ 'created' => 3, 'failed' => 1 ] ) ] );
		$page = $this->page();
		self::assertMatchesRegularExpression( '~<dt>Last sync</dt><dd>[^<]*, 5 min\w+ ago</dd>~', $page );
		self::assertStringContainsString( '<dt>Result</dt><dd>3 created, 1 failed</dd>', $page );
		self::assertStringContainsString( '<dt>Content types last sent</dt>', $page );
		self::assertStringNotContainsString( 'Sync under way', $page );

		$this->remote_has( [ 'last_run' => self::run_of( 'failed', 60, [], [ 'detail' => 'It broke.', 'fix' => 'Mend it.' ] ) ] );
		$page = $this->page();
		self::assertMatchesRegularExpression( '~<dt>Last sync</dt><dd>failed, [^<]* ago</dd>~', $page );
		self::assertStringContainsString( '<dd>It broke. Mend it.</dd>', $page );

		$this->plugin->remote_state->forget();
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		self::assertMatchesRegularExpression( '~<dt>Last sync</dt><dd>failed, [^<]* \(as of [^<]*\)</dd>~', $this->page() );
		$asked = count( $this->api->requests );
		$this->page();
		self::assertCount( $asked, $this->api->requests, 'A page is not delayed again by an API that is away.' );
	}

	/**
	 * T60.
	 *
	 * @dataProvider waits
	 */
	public function test_a_run_that_waits_says_for_what_since_when_and_when_it_goes_on( string $for, string $words ): void {
		$this->connect();
		self::become_admin();
		$run            = self::run_of( 'queued', 0 );
		$run['waiting'] = [ 'for' => $for, 'since' => gmdate( 'c', time() - 180 ), 'next_at' => gmdate( 'c', time() + 120 ), 'detail' => 'Reason <b>.' ];
		$this->remote_has( [ 'current_run' => $run ] );
		preg_match( '~<dt>Sync under way</dt><dd>(.*?)</dd>~s', $this->page(), $found );
		self::assertStringContainsString( $words, html_entity_decode( $found[1] ) );
		self::assertStringContainsString( human_time_diff( time() - 3 * MINUTE_IN_SECONDS ) . ' ago', $found[1] );
		self::assertStringContainsString( 'in ' . human_time_diff( time() + 2 * MINUTE_IN_SECONDS ), $found[1] );
		self::assertStringNotContainsString( 'running', $found[1] );
		self::assertStringNotContainsString( '<b>', $found[1] );
	}

	public function waits(): array {
		return [
			'a poll'         => [ 'poll', 'for this site to poll IGNY8' ],
			'a retry'        => [ 'retry', 'to try again after a failure' ],
			'a Retry-After'  => [ 'rate_limit', 'because this site asked IGNY8 to call later' ],
			'another run'    => [ 'turn', 'for another sync of this site' ],
			'something new'  => [ 'moon', 'waiting since' ],
		];
	}

	public function test_each_type_says_whether_it_is_synced_and_who_decided_that(): void {
		$this->connect();
		self::become_admin();
		$this->remote_has(
			[],
			[
				'post'       => [ 'enabled' => true, 'decided_by' => 'default' ],
				'page'       => [ 'enabled' => false, 'decided_by' => 'igny8' ],
				'attachment' => [ 'enabled' => false, 'decided_by' => 'default' ],
			]
		);
		$page = $this->page();
		foreach ( [ 'on' => 'Synced', 'igny8' => 'Switched off in IGNY8', 'default' => 'Off until it is switched on in IGNY8' ] as $decision => $text ) {
			self::assertStringContainsString( "<td data-igny8-decision=\"$decision\">$text</td>", $page );
		}
		$this->plugin->settings->save_allowed( 'post_types', [ 'page' => false ] );
		self::assertStringContainsString( '<td data-igny8-decision="wordpress">Switched off here</td>', $this->page() );
	}

	public function test_sync_now_says_why_it_failed(): void {
		$this->connect();
		self::become_admin();
		$this->api->on( 'POST', Fake_Api::INTEGRATION . 'int_1/sync/', Fake_Api::problem( 409, 'sync_disabled' ) );
		$this->press( Actions::SYNC );
		self::assertStringContainsString( 'Sync failed.</strong> Detail of sync_disabled. Fix of sync_disabled.', $this->notices()[0] );
	}

	public function test_sync_now_with_sync_switched_off_says_so_and_sends_nothing(): void {
		$this->connect();
		self::become_admin();
		$this->plugin->settings->save_switches( false, true );
		$this->press( Actions::SYNC );
		self::assertStringContainsString( 'Sync Operations are switched off.', $this->notices()[0] );
		self::assertSame( [], $this->api->requests );
	}

	public function test_saving_stores_switches_and_types_and_sends_them_to_the_api(): void {
		$this->connect();
		self::become_admin();
		$this->press(
			Actions::SAVE,
			[
				'igny8_sync_enabled' => '1',
				'igny8_post_types'   => [ 'post' => '1', 'page' => '0', 'attachment' => '1' ],
				'igny8_taxonomies'   => [ 'category' => '0' ],
			]
		);
		$body = $this->api->last_body( 'POST', Fake_Api::INTEGRATION . 'int_1/update-structure/' );
		self::assertSame( [ true, false ], [ $body['plugin_connection_enabled'], $body['two_way_sync_enabled'] ] );
		self::assertSame( [ true, false, false ], [ $body['post_types']['post']['enabled'], $body['post_types']['page']['enabled'], $body['post_types']['attachment']['enabled'] ] );
		self::assertSame( [ false, true, false ], [ $body['post_types']['post']['denied'], $body['post_types']['page']['denied'], $body['post_types']['attachment']['denied'] ] );
		self::assertSame( [ false, true ], [ $body['taxonomies']['category']['enabled'], $body['taxonomies']['category']['denied'] ] );
		self::assertTrue( $body['taxonomies']['post_tag']['enabled'] );
		$page = $this->page();
		self::assertStringContainsString( 'name="igny8_post_types[page]" value="1">', $page );
		self::assertStringContainsString( 'name="igny8_post_types[post]" value="1" checked=', $page );
	}

	public function test_switching_sync_off_reaches_the_api_even_if_it_is_down_at_first(): void {
		$this->connect();
		self::become_admin();
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		$this->press( Actions::SAVE, [] );
		self::assertStringContainsString( 'Settings saved', $this->notices()[0] );
		$this->api->accepts_structure( 'int_1' );
		do_action( \Igny8\Bridge\Cron\Schedule::PUSH );
		self::assertFalse( $this->api->last_body( 'POST', Fake_Api::INTEGRATION . 'int_1/update-structure/' )['plugin_connection_enabled'] );
		self::assertSame( Status::DISABLED, $this->plugin->status->state() );
	}

	public function test_odd_input_does_no_harm(): void {
		self::become_admin();
		$odd = [ 'igny8_email' => [ 'x' ], 'igny8_api_key' => [ 'a' => 'b' ], 'igny8_password' => [ [] ] ];
		self::assertSame( Settings_Page::url(), $this->press( Actions::CONNECT, $odd ) );
		self::assertSame( Settings_Page::url(), $this->press( Actions::SAVE, [ 'igny8_post_types' => 'x', 'igny8_taxonomies' => [ '<b>' => [ 'x' ] ] ] ) );
		self::assertSame( Settings_Page::url(), $this->press( Actions::RETRY ) );
	}

	public function test_markup_from_anywhere_never_runs(): void {
		self::become_admin();
		$evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
		register_post_type( 'event', [ 'public' => true, 'label' => $evil ] );
		$site = [ 'id' => 'site_1', 'name' => $evil, 'url' => home_url(), 'is_active' => true ];
		$this->api->is_up( home_url() )->on( 'GET', '/api/v1/sites/', Fake_Api::json( 200, [ 'results' => [ $site ], 'next' => null ] ) );
		$this->press( Actions::CONNECT, [ 'igny8_api_key' => self::KEY ] );
		$problem = [ 'code' => $evil, 'title' => $evil, 'detail' => $evil . ' &lt;script&gt;', 'fix' => $evil, 'request_id' => $evil, 'status' => 400 ];
		$this->api->on( 'POST', Fake_Api::INTEGRATION . 'int_1/update-structure/', Fake_Api::json( 400, $problem ) );
		$this->press( Actions::SYNC );
		$this->plugin->log->error( $evil, $evil );

		$page = $this->page();
		self::assertStringContainsString( 'Sync failed', $page );
		foreach ( [ '<script', '<img', 'onerror=alert(2)>' ] as $markup ) {
			self::assertStringNotContainsString( $markup, $page );
		}
	}

	public function test_markup_in_options_is_printed_as_text(): void {
		$this->connect();
		self::become_admin();
		$evil  = '<script>alert(1)</script>';
		$error = [ 'code' => $evil, 'detail' => $evil, 'fix' => $evil, 'request_id' => $evil, 'retryable' => false, 'at' => 1 ];
		update_option( 'igny8_connection', array_merge( get_option( 'igny8_connection' ), [ 'site_name' => $evil, 'last_error' => $error ] ) );
		update_option( 'igny8_log', [ [ 'at' => 1, 'level' => $evil, 'code' => $evil, 'message' => $evil ] ] );
		( new \Igny8\Bridge\Admin\Notices() )->warning( $evil, $evil );
		register_post_type( 'event', [ 'public' => true, 'label' => 'Q &amp; "A"' ] );

		$page = $this->page();
		self::assertStringNotContainsString( '<script', $page );
		self::assertSame( 9, substr_count( $page, esc_html( $evil ) ) );
		self::assertStringContainsString( '<th scope="row">Q &amp; &quot;A&quot;</th>', $page );
	}

	public function test_every_field_has_a_label_and_every_id_is_unique(): void {
		self::become_admin();
		$dom = new \DOMDocument();
		$dom->loadHTML( '<?xml encoding="utf-8"?>' . $this->page(), LIBXML_NOERROR );
		$xpath = new \DOMXPath( $dom );
		$ids   = array_map(
			static function ( $node ) {
				return $node->value;
			},
			iterator_to_array( $xpath->query( '//@id' ) )
		);
		self::assertSame( array_unique( $ids ), $ids );
		foreach ( $xpath->query( '//input[not(@type="hidden")]' ) as $input ) {
			$labels = $xpath->query( 'ancestor::label', $input )->length;
			if ( '' !== $input->getAttribute( 'id' ) ) {
				$labels += $xpath->query( '//label[@for="' . $input->getAttribute( 'id' ) . '"]' )->length;
			}
			self::assertSame( 1, $labels, $input->getAttribute( 'name' ) );
		}
		foreach ( $xpath->query( '//@aria-describedby|//@aria-labelledby' ) as $reference ) {
			self::assertContains( $reference->value, $ids );
		}
	}

	/**
	 * @param array $sync  Of sync-status.
	 * @param array $types Post types of content-types.
	 */
	private function remote_has( array $sync, array $types = [] ): void {
		$sync += [ 'sync_status' => 'success', 'last_sync_at' => null, 'current_run' => null, 'last_run' => null ];
		$this->api->on( 'GET', Fake_Api::INTEGRATION . 'int_1/sync-status/', Fake_Api::json( 200, $sync ) );
		$this->api->on( 'GET', Fake_Api::INTEGRATION . 'int_1/content-types/', Fake_Api::json( 200, [ 'post_types' => $types, 'taxonomies' => [] ] ) );
		$this->plugin->remote_state->forget();
	}

	private static function run_of( string $status, int $ended_ago_s, array $counts = [], ?array $error = null ): array {
		return [
			'id'          => 'run_1',
			'status'      => $status,
			'waiting'     => null,
			'counts'      => $counts,
			'started_at'  => gmdate( 'c', time() - $ended_ago_s - 10 ),
			'finished_at' => gmdate( 'c', time() - $ended_ago_s ),
			'error'       => $error,
		];
	}

	private function page(): string {
		ob_start();
		try {
			$this->plugin->settings_page()->render();
		} finally {
			$page = (string) ob_get_clean();
		}
		return $page;
	}

	/**
	 * @return string[]
	 */
	private function notices(): array {
		preg_match_all( '/<div class="notice .*?<\/div>/s', $this->page(), $found );
		return $found[0];
	}

	/**
	 * @return string Where it redirected to, or how it died.
	 */
	private function press( string $action, array $fields = [], ?string $nonce = null ): string {
		$_POST    = $fields + [ 'action' => $action, '_wpnonce' => $nonce ?? wp_create_nonce( $action ) ];
		$_REQUEST = $_POST;
		try {
			do_action( "admin_post_$action" );
		} catch ( Redirected $redirected ) {
			return $redirected->getMessage();
		} catch ( RuntimeException $died ) {
			return $died->getMessage();
		}
		return '';
	}
}
