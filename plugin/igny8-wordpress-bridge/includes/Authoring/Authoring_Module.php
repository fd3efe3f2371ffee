<?php

declare(strict_types=1);

namespace Igny8\Bridge\Authoring;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\State_Texts;
use Igny8\Bridge\Connectors\Connector_Entry;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Dashboard\Widget;
use Igny8\Bridge\Doctor\Api_Check;
use Igny8\Bridge\Doctor\Clock_Reader;
use Igny8\Bridge\Doctor\Connection_Check;
use Igny8\Bridge\Doctor\Cron_Check;
use Igny8\Bridge\Doctor\Key_Check;
use Igny8\Bridge\Doctor\Rest_Check;
use Igny8\Bridge\Health\Debug_Info;
use Igny8\Bridge\Health\Site_Health;
use Igny8\Bridge\Lists\Attention_Check;
use Igny8\Bridge\Lists\Lists_Module;
use Igny8\Bridge\Network\Network_Screen;
use Igny8\Bridge\Panel\Panel_Module;
use Igny8\Bridge\Panel\Stale_Save_End;
use Igny8\Bridge\Plugin;
use Igny8\Bridge\Privacy\Personal_Data;
use Igny8\Bridge\Watch\Link_State;
use Igny8\Bridge\Watch\Link_View;
use Igny8\Bridge\Watch\Watch_Screen;

/**
 * Builds and hooks what people see of IGNY8 where they work in wp-admin, outside of its settings page. Its properties are
 * read only.
 */
final class Authoring_Module {

	public Panel_Module $panel;

	public Lists_Module $lists;

	public Link_State $link;

	public Link_View $link_view;

	public Watch_Screen $watch;

	public Widget $widget;

	public Site_Health $health;

	public Debug_Info $debug_info;

	public Personal_Data $personal_data;

	public Network_Screen $network;

	public Connector_Entry $connector;

	public function __construct( Plugin $plugin ) {
		$connection = $plugin->connection;
		$tables     = $plugin->outbox->tables;
		$report     = $plugin->outbox->report;

		$this->panel     = new Panel_Module( $plugin->items, $connection, $plugin->status, $plugin->settings, $plugin->keys, $plugin->outbox, $plugin->config );
		$this->lists     = new Lists_Module( $plugin->items, $connection, $plugin->status, $plugin->keys, $tables, $this->panel );
		$this->link      = new Link_State( $plugin->link, $connection, $plugin->keys, $plugin->status );
		$this->link_view = new Link_View( $plugin->status, $this->link, new State_Texts() );
		$this->watch     = new Watch_Screen( $connection, $this->link, $this->link_view );

		$check           = new Attention_Check( $plugin->items, $connection, $plugin->keys, $this->lists->attention, new Stale_Save_End( $tables, new Stale_Saves() ) );
		$this->widget    = new Widget( $connection, $this->link_view, $plugin->remote_state, $this->lists->attention, $check, $report, $plugin->config );
		$this->network   = new Network_Screen( $connection, $this->link_view, plugin_basename( IGNY8_BRIDGE_FILE ) );
		$this->connector = new Connector_Entry( $connection, $this->link_view );

		$this->health        = new Site_Health( $this->quick_checks( $plugin ), [ new Api_Check( $plugin->config, new Clock_Reader() ), new Rest_Check() ] );
		$this->debug_info    = new Debug_Info( $plugin->config, $connection, $plugin->status, $plugin->polling_state, $report );
		$this->personal_data = new Personal_Data( $tables, $plugin->acting_user );
	}

	public function hook(): void {
		$this->panel->hook();
		$this->lists->hook();
		$this->watch->hook();
		$this->widget->hook();
		$this->health->hook();
		if ( is_admin() ) {
			$this->connector->hook();
			$this->debug_info->hook();
			$this->personal_data->hook();
			$this->network->hook();
		}
	}

	private function quick_checks( Plugin $plugin ): array {
		return [
			'igny8_connection' => new Connection_Check( $plugin->status, $plugin->connection, new State_Texts() ),
			'igny8_cron'       => new Cron_Check( $plugin->schedule ),
			'igny8_keys'       => new Key_Check( $plugin->keys, $plugin->connection, $plugin->config ),
		];
	}
}
