<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

/**
 * Result of one check, in the shape of the API's own findings.
 */
final class Finding {

	public const OK = 'ok';

	public const INFO = 'info';

	public const WARNING = 'warning';

	public const ERROR = 'error';

	/** The worst first. */
	public const SEVERITIES = [ self::ERROR, self::WARNING, self::INFO, self::OK ];

	private string $severity;

	private string $layer;

	private string $code;

	private string $title;

	private string $detail;

	private string $fix;

	/** @var string[] */
	private array $evidence;

	/**
	 * @param string   $severity One of SEVERITIES.
	 * @param string   $layer    One of Layers::names().
	 * @param string   $code     Lower_snake.
	 * @param string   $title    Without a full stop.
	 * @param string   $detail   What was found this time, in whole sentences.
	 * @param string   $fix      What to do; '' if nothing.
	 * @param string[] $evidence Line by line; no secrets.
	 */
	public function __construct( string $severity, string $layer, string $code, string $title, string $detail, string $fix = '', array $evidence = [] ) {
		$this->severity = $severity;
		$this->layer    = $layer;
		$this->code     = $code;
		$this->title    = $title;
		$this->detail   = $detail;
		$this->fix      = $fix;
		$this->evidence = $evidence;
	}

	/**
	 * @param string[] $evidence Line by line; no secrets.
	 */
	public static function ok( string $layer, string $code, string $title, string $detail, array $evidence = [] ): self {
		return new self( self::OK, $layer, $code, $title, $detail, '', $evidence );
	}

	public function severity(): string {
		return $this->severity;
	}

	public function layer(): string {
		return $this->layer;
	}

	public function code(): string {
		return $this->code;
	}

	/**
	 * @return array{layer: string, code: string, severity: string, title: string, detail: string, evidence: string[], fix: string|null}
	 */
	public function to_array(): array {
		return [
			'layer'    => $this->layer,
			'code'     => $this->code,
			'severity' => $this->severity,
			'title'    => $this->title,
			'detail'   => $this->detail,
			'evidence' => $this->evidence,
			'fix'      => '' === $this->fix ? null : $this->fix,
		];
	}
}
