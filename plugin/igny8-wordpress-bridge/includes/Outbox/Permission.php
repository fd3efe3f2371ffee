<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Support\Settings;

/**
 * Whether changes are recorded and sent to IGNY8.
 */
final class Permission {

	private Connection $connection;

	private Settings $settings;

	public function __construct( Connection $connection, Settings $settings ) {
		$this->connection = $connection;
		$this->settings   = $settings;
	}

	/**
	 * Whether changes are recorded but not sent, until the owner says what this site is.
	 */
	public function is_on_hold(): bool {
		return $this->connection->is_clone();
	}

	public function is_given(): bool {
		return $this->connection->exists() && $this->settings->is_sync_enabled() && $this->settings->is_two_way_enabled();
	}
}
