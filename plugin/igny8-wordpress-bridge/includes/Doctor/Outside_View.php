<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;

/**
 * Findings of IGNY8's check from outside, or why there are none.
 */
final class Outside_View {

	private const MOST_FINDINGS = 40;

	private const MOST_LINES = 20;

	private const LONGEST_TEXT = 1000;

	/** @var Finding[] */
	private array $findings;

	/** Why IGNY8 did not check; '' if it did. */
	private string $reason;

	private string $request_id;

	/**
	 * @param Finding[] $findings
	 */
	private function __construct( array $findings, string $reason, string $request_id = '' ) {
		$this->findings   = $findings;
		$this->reason     = $reason;
		$this->request_id = $request_id;
	}

	/**
	 * @param string $reason One sentence.
	 */
	public static function not_asked( string $reason ): self {
		return new self( [], $reason );
	}

	public static function failed( Failure $failure ): self {
		$finding = new Finding(
			Finding::ERROR,
			'connection',
			$failure->reason(),
			__( 'IGNY8 could not check this site', 'igny8-wordpress-bridge' ),
			$failure->detail(),
			$failure->fix(),
			$failure->status() > 0 ? [ 'HTTP ' . $failure->status() ] : []
		);
		return new self( [ $finding ], $failure->detail(), $failure->reference() );
	}

	/**
	 * @param array $answer The API's report, unchecked.
	 */
	public static function read( array $answer ): self {
		$findings = [];
		foreach ( array_slice( (array) ( $answer['findings'] ?? [] ), 0, self::MOST_FINDINGS ) as $given ) {
			if ( is_array( $given ) && in_array( $given['severity'] ?? null, Finding::SEVERITIES, true ) ) {
				$findings[] = self::read_finding( $given );
			}
		}
		return [] === $findings
			? self::failed( new Failure( 'unexpected_answer', __( 'IGNY8 answered, but did not return a diagnosis.', 'igny8-wordpress-bridge' ), __( 'Update the plugin.', 'igny8-wordpress-bridge' ) ) )
			: new self( $findings, '' );
	}

	private static function read_finding( array $given ): Finding {
		$given += [
			'layer'    => '',
			'code'     => '',
			'title'    => '',
			'detail'   => '',
			'fix'      => '',
			'evidence' => [],
		];
		return new Finding(
			$given['severity'],
			self::name( $given['layer'] ),
			self::name( $given['code'] ),
			self::text( $given['title'] ),
			self::text( $given['detail'] ),
			self::text( $given['fix'] ),
			array_map( [ self::class, 'text' ], array_slice( array_values( (array) $given['evidence'] ), 0, self::MOST_LINES ) )
		);
	}

	/**
	 * @return Finding[]
	 */
	public function findings(): array {
		return $this->findings;
	}

	/**
	 * @return array{asked: bool, reason: string|null, request_id: string|null}
	 */
	public function to_array(): array {
		return [
			'asked'      => '' === $this->reason,
			'reason'     => '' === $this->reason ? null : $this->reason,
			'request_id' => '' === $this->request_id ? null : $this->request_id,
		];
	}

	/**
	 * @param mixed $value From the answer.
	 */
	private static function name( $value ): string {
		return is_string( $value ) ? substr( sanitize_key( $value ), 0, 64 ) : '';
	}

	/**
	 * @param mixed $value From the answer.
	 */
	private static function text( $value ): string {
		return is_string( $value ) ? mb_substr( sanitize_text_field( $value ), 0, self::LONGEST_TEXT ) : '';
	}
}
