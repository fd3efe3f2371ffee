<?php

declare(strict_types=1);

namespace Igny8\Bridge\Panel;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Item_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Content\Document_Maker;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Item_Links;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Related_Data;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Outbox\Outbox_Module;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Settings;

/**
 * Builds and hooks what authors see of IGNY8 at a single post. Its properties are read only.
 */
final class Panel_Module {

	public Types $types;

	public Local_Facts $local;

	public Remote_Item $remote;

	public Post_Actions $actions;

	private Panel_Route $route;

	private Panel_Screen $screen;

	public function __construct( Item_Api $api, Connection $connection, Status $status, Settings $settings, Key_Store $keys, Outbox_Module $outbox, Config $config ) {
		$types       = new Types( $settings );
		$links       = new Item_Links( $connection );
		$left_alone  = new Left_Alone();
		$documents   = new Documents( $types, new Rows(), new Related_Data( $types, new Meta_Keys(), $links ), new Document_Maker( $links ) );
		$stale_saves = new Stale_Save_End( $outbox->tables, new Stale_Saves() );

		$this->types   = $types;
		$this->local   = new Local_Facts( $outbox->tables );
		$this->remote  = new Remote_Item( $api, $connection, $keys );
		$this->actions = new Post_Actions( $api, $connection, $keys, $left_alone, $outbox->recorder, $documents, $this->remote );
		$view          = new Post_View( $connection, $status, $types, $left_alone, $this->local, $this->remote, $stale_saves, $config );
		$this->route   = new Panel_Route( $view, $this->actions, $types );
		$this->screen  = new Panel_Screen( $connection, $types );
	}

	public function hook(): void {
		$this->route->hook();
		if ( is_admin() ) {
			$this->screen->hook();
		}
	}
}
