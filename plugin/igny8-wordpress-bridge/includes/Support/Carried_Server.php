<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * The server that this copy of the plugin was downloaded from: its address, and the public keys of those who may update
 * the plugin. The server writes them into the zip (`server.php`); a copy from elsewhere carries none.
 */
final class Carried_Server {

	private const FILE = 'server.php';

	private string $api_url;

	/** @var string[] */
	private array $update_keys;

	/**
	 * @param string   $api_url     '' for none.
	 * @param string[] $update_keys Ed25519, base64.
	 */
	public function __construct( string $api_url = '', array $update_keys = [] ) {
		$this->api_url     = untrailingslashit( $api_url );
		$this->update_keys = array_values( array_filter( $update_keys, 'is_string' ) );
	}

	/**
	 * @param string $folder Of the plugin.
	 */
	public static function in( string $folder ): self {
		$file   = $folder . '/' . self::FILE;
		$values = is_readable( $file ) ? include $file : [];
		return is_array( $values ) && is_string( $values['api_url'] ?? null )
			? new self( $values['api_url'], (array) ( $values['update_keys'] ?? [] ) )
			: new self();
	}

	public function api_url(): string {
		return $this->api_url;
	}

	/**
	 * @return string[]
	 */
	public function update_keys(): array {
		return $this->update_keys;
	}
}
