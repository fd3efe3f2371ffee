<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Acting\Chosen_User;
use Igny8\Bridge\Admin\Actions;
use Igny8\Bridge\Connection\Credentials;
use Igny8\Bridge\Plugin;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use RuntimeException;
use WP_CLI;

/**
 * As whom the plugin writes, and who decides that.
 */
final class Acting_User_Choice_Test extends Site_Test_Case {

	private int $editor;

	protected function setUp(): void {
		parent::setUp();
		WP_CLI::$said = [];
		$this->editor = (int) wp_insert_user( [ 'user_login' => 'igny8_editor', 'user_pass' => 'x', 'user_email' => 'e@igny8.test', 'display_name' => 'Ed', 'role' => 'editor' ] );
	}

	public function test_the_person_who_connects_is_the_user_and_a_choice_wins_until_the_end(): void {
		$this->api->is_up( home_url() );
		$this->plugin->connector->connect( Credentials::of_key( self::KEY ), false, $this->editor );
		self::assertSame( [ Chosen_User::CONNECTED, $this->editor ], $this->current() );

		$this->plugin->acting_user->choose( get_userdata( 1 ) );
		self::assertSame( [ Chosen_User::CHOSEN, 1 ], $this->current() );
		$this->plugin->connector->connect( Credentials::of_key( self::KEY ), false, $this->editor );
		self::assertSame( [ Chosen_User::CHOSEN, 1 ], $this->current() );
		$this->plugin->acting_user->choose( null );
		self::assertSame( [ Chosen_User::CONNECTED, $this->editor ], $this->current() );

		$this->plugin->disconnector->disconnect();
		self::assertSame( [ Chosen_User::FALLBACK, 1 ], $this->current() );
	}

	public function test_an_attempt_that_waits_remembers_who_connected_not_who_visits(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		$this->plugin->connector->connect( Credentials::of_key( self::KEY ), false, $this->editor );
		self::assertSame( Chosen_User::FALLBACK, $this->current()[0], 'Nothing is connected yet.' );
		$this->api->is_up( home_url() );
		self::become_admin();
		$this->plugin->connector->retry( false );
		self::assertSame( [ Chosen_User::CONNECTED, $this->editor ], $this->current() );
	}

	public function test_an_unattended_connection_writes_as_the_first_administrator_and_says_so(): void {
		$this->api->is_up( home_url() );
		$plugin = $this->plugin_with( self::KEY );
		self::become_admin();
		$plugin->unattended->run( $plugin->connector );
		self::assertSame( Chosen_User::FALLBACK, $plugin->acting_user->current()->source() );
		self::assertContains( 'acting_user_default', self::log_codes( $plugin ) );
		self::assertSame( 'acting_user_default', $this->finding( $plugin )['code'] );
	}

	public function test_a_first_administrator_who_is_hidden_from_queries_is_found(): void {
		add_action(
			'pre_user_query',
			static function ( $query ): void {
				$query->query_where .= ' AND 1 = 0';
			}
		);
		self::assertSame( [ Chosen_User::FALLBACK, 1 ], $this->current() );
	}

	public function test_the_constant_names_a_login_or_an_id_and_nothing_else_can(): void {
		foreach ( [ 'igny8_editor', (string) $this->editor ] as $constant ) {
			$plugin = new Plugin( new Config( Fake_Api::url(), '', $constant ) );
			self::assertSame( [ Chosen_User::CONSTANT, $this->editor ], [ $plugin->acting_user->current()->source(), $plugin->acting_user->current()->id() ] );
			self::assertSame( 'acting_user_fixed', self::refusal( $plugin, 1 ) );
		}
		$plugin = new Plugin( new Config( Fake_Api::url(), '', 'nobody' ) );
		self::assertSame( Chosen_User::MISSING, $plugin->acting_user->current()->problem() );
		self::assertStringContainsString( 'nobody', $plugin->acting_user->current()->reason() );
	}

	public function test_a_user_who_may_not_write_can_not_be_chosen_nor_one_with_more_rights(): void {
		$reader = (int) wp_insert_user( [ 'user_login' => 'igny8_reader', 'user_pass' => 'x', 'role' => 'subscriber' ] );
		self::assertSame( 'acting_user_unusable', self::refusal( $this->plugin, $reader ) );
		wp_set_current_user( $this->editor );
		self::assertSame( 'acting_user_too_powerful', self::refusal( $this->plugin, 1 ) );
		$this->plugin->acting_user->choose( get_userdata( $this->editor ) );
		self::assertSame( [ Chosen_User::CHOSEN, $this->editor ], $this->current() );
	}

	public function test_a_change_is_logged_told_to_other_plugins_and_reported_by_status(): void {
		$seen = [];
		add_action(
			'igny8_acting_user_changed',
			static function ( ...$args ) use ( &$seen ): void {
				$seen[] = $args;
			},
			10,
			3
		);
		$this->plugin->acting_user->choose( get_userdata( $this->editor ) );
		$this->plugin->acting_user->choose( get_userdata( $this->editor ) );
		self::assertSame( [ [ $this->editor, 1, 'chosen' ] ], $seen );
		self::assertSame( 1, count( array_keys( self::log_codes( $this->plugin ), 'acting_user_changed', true ) ) );
		$status = json_decode( $this->plugin->run_status( 'cmd_1' ), true )['data']['acting_user'];
		self::assertSame( [ 'id' => $this->editor, 'name' => 'Ed', 'source' => 'chosen', 'problem' => null, 'unfiltered_html' => ! is_multisite() ], $status );
	}

	public function test_the_doctor_names_a_user_who_is_gone_limited_or_able(): void {
		self::become_admin();
		$this->plugin->acting_user->choose( get_userdata( 1 ) );
		self::assertSame( [ 'acting_user_able', 'ok' ], $this->code_and_severity() );
		$this->plugin->acting_user->choose( get_userdata( $this->editor ) );
		self::assertSame( [ 'acting_user_able', 'ok' ], $this->code_and_severity() );
		( new \WP_User( $this->editor ) )->set_role( 'author' );
		self::assertSame( [ 'acting_user_limited', 'warning' ], $this->code_and_severity() );
		self::assertStringContainsString( 'edit_others_pages', implode( "\n", $this->finding( $this->plugin )['evidence'] ) );
		( new \WP_User( $this->editor ) )->set_role( 'subscriber' );
		self::assertSame( [ 'acting_user_unusable', 'error' ], $this->code_and_severity() );
	}

	public function test_the_settings_page_shows_the_user_the_problem_and_the_choice(): void {
		self::become_admin();
		$this->plugin->acting_user->choose( get_userdata( $this->editor ) );
		self::assertStringContainsString( 'Ed (igny8_editor)', $this->page() );
		self::assertStringContainsString( '<option value="' . $this->editor . '" selected', $this->page() );
		self::assertStringNotContainsString( 'e@igny8.test', $this->page() );
		wp_delete_user( $this->editor );
		self::assertStringContainsString( 'data-igny8-acting-user-problem="missing"', $this->page() );
	}

	public function test_the_settings_page_saves_the_choice(): void {
		self::become_admin();
		$this->submit( (string) $this->editor );
		self::assertSame( [ Chosen_User::CHOSEN, $this->editor ], $this->current() );
		$this->submit( '987654321' );
		self::assertSame( [ Chosen_User::CHOSEN, $this->editor ], $this->current() );
		$this->submit( '0' );
		self::assertSame( Chosen_User::FALLBACK, $this->current()[0] );
	}

	public function test_wp_cli_shows_chooses_and_resets_the_user(): void {
		$cli = $this->plugin->cli();
		$cli->acting_user( [ 'igny8_editor' ], [] );
		self::assertSame( [ 'Writes as Ed (igny8_editor): chosen' ], WP_CLI::$said );
		self::assertSame( [ Chosen_User::CHOSEN, $this->editor ], $this->current() );
		$cli->acting_user( [], [ 'reset' => '1' ] );
		self::assertSame( Chosen_User::FALLBACK, $this->current()[0] );
		$this->expectException( RuntimeException::class );
		$cli->acting_user( [ 'nobody' ], [] );
	}

	public function test_wp_cli_connects_with_a_user_and_status_shows_it(): void {
		$this->api->is_up( home_url() );
		$this->plugin->cli()->connect( [], [ 'key' => self::KEY, 'acting-user' => 'igny8_editor' ] );
		self::assertContains( 'Writes as Ed (igny8_editor): chosen', WP_CLI::$said );
		WP_CLI::$said = [];
		$this->plugin->cli()->status();
		self::assertContains( 'Writes as Ed (igny8_editor): chosen', WP_CLI::$said );
	}

	private function current(): array {
		$current = $this->plugin->acting_user->current();
		return [ $current->source(), $current->id() ];
	}

	private static function refusal( Plugin $plugin, int $user_id ): string {
		try {
			$plugin->acting_user->choose( get_userdata( $user_id ) );
		} catch ( Failure $failure ) {
			return $failure->reason();
		}
		return '';
	}

	private function finding( Plugin $plugin ): array {
		return ( new \Igny8\Bridge\Doctor\Acting_User_Check( $plugin->acting_user ) )->run()[0]->to_array();
	}

	private function code_and_severity(): array {
		$finding = $this->finding( $this->plugin );
		return [ $finding['code'], $finding['severity'] ];
	}

	private function page(): string {
		ob_start();
		$this->plugin->settings_page()->render();
		return (string) ob_get_clean();
	}

	private function submit( string $user ): void {
		add_filter(
			'wp_redirect',
			static function ( $location ): void {
				throw new Redirected( (string) $location );
			}
		);
		$_POST    = [ '_wpnonce' => wp_create_nonce( Actions::ACTING_USER ), 'igny8_acting_user' => $user ];
		$_REQUEST = $_POST;
		remove_all_actions( 'admin_post_' . Actions::ACTING_USER );
		$this->plugin->actions()->hook();
		try {
			do_action( 'admin_post_' . Actions::ACTING_USER );
		} catch ( Redirected $redirected ) {
			unset( $redirected );
		}
	}
}
