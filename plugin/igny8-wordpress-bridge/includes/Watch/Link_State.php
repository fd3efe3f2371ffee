<?php

declare(strict_types=1);

namespace Igny8\Bridge\Watch;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Link_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Stored_Option;

/**
 * What is wrong with the connection, as IGNY8 answered last. It is asked while somebody with the right is in wp-admin,
 * once in forty seconds at most, however many people and tabs there are. Stored only when it changes, and loaded by
 * WordPress with its other options, so that no page costs a query for it.
 */
final class Link_State {

	public const OPTION = 'igny8_link';

	public const KEY_REVOKED = 'key_revoked';

	/** IGNY8 can't reach this site. */
	public const UNREACHABLE = 'unreachable';

	/** This site can't reach IGNY8. */
	public const NO_ANSWER = 'no_answer';

	private const ASKED = 'igny8_link_asked';

	public const PAUSE_S = 40;

	private const DEFAULTS = [
		'integration_id' => '',
		'problem'        => '',
		'detail'         => '',
		'fix'            => '',
		'failures'       => 0,
	];

	private Link_Api $api;

	private Connection $connection;

	private Key_Store $keys;

	private Status $status;

	private Stored_Option $option;

	public function __construct( Link_Api $api, Connection $connection, Key_Store $keys, Status $status ) {
		$this->api        = $api;
		$this->connection = $connection;
		$this->keys       = $keys;
		$this->status     = $status;
		$this->option     = new Stored_Option( self::OPTION, self::DEFAULTS );
	}

	/**
	 * Asks IGNY8, unless it was asked a moment ago or this site can't use the API.
	 */
	public function refresh(): void {
		if ( ! $this->status->is_usable() || Status::DISABLED === $this->status->state() || false !== get_transient( self::ASKED ) ) {
			return;
		}
		set_transient( self::ASKED, 1, self::PAUSE_S );
		try {
			$this->answered( $this->api->integration( $this->connection->integration_id(), $this->keys->api_key() ) );
		} catch ( Failure $failure ) {
			$this->failed( $failure );
		}
	}

	/**
	 * @return array{problem: string, detail: string, fix: string}|null Null if there is none, or none is known.
	 */
	public function problem(): ?array {
		$known = $this->option->all();
		// One question without an answer may be a hiccup of the network.
		$is_doubtful = self::NO_ANSWER === $known['problem'] && $known['failures'] < 2;
		if ( '' === $known['problem'] || $is_doubtful || $known['integration_id'] !== $this->connection->integration_id() || ! $this->status->is_usable() ) {
			return null;
		}
		return [
			'problem' => (string) $known['problem'],
			'detail'  => (string) $known['detail'],
			'fix'     => (string) $known['fix'],
		];
	}

	private function answered( array $integration ): void {
		$state  = $integration['connection'] ?? '';
		$reason = is_array( $integration['health']['reason'] ?? null ) ? $integration['health']['reason'] : [];
		$this->note( in_array( $state, [ self::UNREACHABLE, self::KEY_REVOKED ], true ) ? $state : '', self::text( $reason['title'] ?? '' ), self::text( $reason['fix'] ?? '' ), 0 );
	}

	private function failed( Failure $failure ): void {
		if ( $failure->is_key_refused() ) {
			if ( Connection::KEY_REVOKED !== $this->connection->state() ) {
				// Everything else in wp-admin says so too, and nothing is sent in vain.
				$this->connection->structure_failed( $failure );
			}
			$this->note( self::KEY_REVOKED, $failure->detail(), $failure->fix(), 0 );
			return;
		}
		$this->note( self::NO_ANSWER, $failure->detail(), $failure->fix(), min( 2, (int) $this->option->all()['failures'] + 1 ) );
	}

	private function note( string $problem, string $detail, string $fix, int $failures ): void {
		$next = [
			'integration_id' => $this->connection->integration_id(),
			'problem'        => $problem,
			'detail'         => $detail,
			'fix'            => $fix,
			'failures'       => $failures,
		];
		if ( $this->option->all() !== $next ) {
			$this->option->replace( $next );
		}
	}

	/**
	 * @param mixed $value As received.
	 */
	private static function text( $value ): string {
		return is_string( $value ) ? mb_substr( sanitize_text_field( $value ), 0, 300 ) : '';
	}
}
