<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Commands\Executor;

final class Executor_Test extends Site_Test_Case {

	public function test_a_command_that_throws_fails_alone(): void {
		$results = $this->execute( [ 'good', 'bug', 'refusing', 'good' ] );
		self::assertSame( [ true, false, false, true ], array_column( $results, 'ok' ) );
		self::assertSame( [ 'command_failed', true ], [ $results[1]['code'], $results[1]['retryable'] ] );
		self::assertSame( [ 'too_early', 'Come back tomorrow.', false ], [ $results[2]['code'], $results[2]['detail'], $results[2]['retryable'] ] );
		self::assertContains( 'command_failed', self::log_codes( $this->plugin ) );
	}

	public function test_file_paths_are_not_in_the_answer(): void {
		self::assertStringNotContainsString( ABSPATH, $this->execute( [ 'bug' ] )[0]['detail'] );
	}

	public function test_an_unknown_command_is_answered_with_its_own_code(): void {
		$result = $this->execute( [ 'fly' ] )[0];
		self::assertSame( [ false, 'unknown_command', false ], [ $result['ok'], $result['code'], $result['retryable'] ] );
		self::assertArrayHasKey( 'took_ms', $result );
	}

	public function test_once_the_time_is_used_up_the_rest_is_not_reached(): void {
		$results = $this->execute( [ 'slow', 'good', 'good' ], 20 );
		self::assertSame( [ true, false, false ], array_column( $results, 'ok' ) );
		self::assertSame( [ 'not_reached', true ], [ $results[2]['code'], $results[2]['retryable'] ] );
		self::assertGreaterThanOrEqual( 30, $results[0]['took_ms'] );
	}

	public function test_once_the_size_is_used_up_the_rest_is_not_reached(): void {
		$results = $this->execute( [ 'large', 'large', 'large', 'good' ], 20000, 1500 );
		self::assertSame( [ true, true, false, false ], array_column( $results, 'ok' ) );
		self::assertSame( 'not_reached', $results[3]['code'] );
	}

	public function test_invalid_utf_8_fails_only_its_own_command(): void {
		$results = $this->execute( [ 'binary', 'good' ] );
		self::assertSame( [ 'unencodable', true ], [ $results[0]['code'], $results[1]['ok'] ] );
	}

	public function test_a_failure_whose_text_is_not_utf_8_is_answered_too(): void {
		self::assertSame( 'command_failed', $this->execute( [ 'binary_bug' ] )[0]['code'] );
	}

	public function test_data_is_an_object_even_if_empty(): void {
		$executor = $this->executor();
		$batch    = [ [ 'id' => 'cmd_1', 'name' => 'empty', 'args' => [] ] ];
		self::assertStringContainsString( '"data":{}', $executor->execute( $batch, new Context( 1000, 1000 ) ) );
		self::assertSame( '{"protocol":1,"results":[]}', $executor->execute( [], new Context( 1000, 1000 ) ) );
	}

	public function test_args_and_texts_reach_the_command_unchanged(): void {
		$batch  = [ [ 'id' => 'cmd_1', 'name' => 'echo', 'args' => [ 'text' => "Grüße 🎉 / \u{2028}" ] ] ];
		$answer = json_decode( $this->executor()->execute( $batch, new Context( 1000, 1000 ) ), true );
		self::assertSame( $batch[0]['args'], $answer['results'][0]['data'] );
	}

	private function execute( array $names, int $time_ms = 20000, int $max_bytes = 2000000 ): array {
		$batch = [];
		foreach ( $names as $i => $name ) {
			$batch[] = [ 'id' => "cmd_$i", 'name' => $name, 'args' => [] ];
		}
		return json_decode( $this->executor()->execute( $batch, new Context( $time_ms, $max_bytes ) ), true )['results'];
	}

	private function executor(): Executor {
		$actions  = [
			'good'       => static function (): array {
				return [ 'fine' => true ];
			},
			'bug'        => static function (): array {
				throw new \TypeError( 'Bug in ' . ABSPATH . 'wp-content/bug.php' );
			},
			'binary_bug' => static function (): array {
				throw new \RuntimeException( "Bug \xff\xfe" );
			},
			'refusing'   => static function (): array {
				throw new Command_Failure( 'too_early', 'Come back tomorrow.' );
			},
			'slow'       => static function (): array {
				usleep( 30000 );
				return [];
			},
			'large'      => static function (): array {
				return [ 'text' => str_repeat( 'x', 1000 ) ];
			},
			'binary'     => static function (): array {
				return [ 'text' => "\xff\xfe" ];
			},
			'empty'      => static function (): array {
				return [];
			},
			'echo'       => static function ( array $args ): array {
				return $args;
			},
		];
		$commands = [];
		foreach ( $actions as $name => $task ) {
			$commands[] = new Test_Command( $name, $task );
		}
		return new Executor( $commands, $this->plugin->log, $this->plugin->connection );
	}
}
