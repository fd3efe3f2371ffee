<?php

declare(strict_types=1);

namespace Igny8\Bridge\Authoring;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Item_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Lists\Lists_Module;
use Igny8\Bridge\Outbox\Outbox_Module;
use Igny8\Bridge\Panel\Panel_Module;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Settings;

/**
 * Builds and hooks what people see of IGNY8 where they work in wp-admin, outside of its settings page. Its properties are
 * read only.
 */
final class Authoring_Module {

	public Panel_Module $panel;

	public Lists_Module $lists;

	public function __construct( Item_Api $items, Connection $connection, Status $status, Settings $settings, Key_Store $keys, Outbox_Module $outbox, Config $config ) {
		$this->panel = new Panel_Module( $items, $connection, $status, $settings, $keys, $outbox, $config );
		$this->lists = new Lists_Module( $items, $connection, $status, $keys, $outbox->tables, $this->panel );
	}

	public function hook(): void {
		$this->panel->hook();
		$this->lists->hook();
	}
}
