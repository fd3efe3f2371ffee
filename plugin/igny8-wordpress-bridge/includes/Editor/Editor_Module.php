<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Content\Document_Maker;
use Igny8\Bridge\Content\Documents;
use Igny8\Bridge\Content\Item_Links;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Post_Meta;
use Igny8\Bridge\Content\Related_Data;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Content\Write\Acting_User;
use Igny8\Bridge\Content\Write\Change_Reader;
use Igny8\Bridge\Content\Write\Field_Reader;
use Igny8\Bridge\Content\Write\Meta_Writer;
use Igny8\Bridge\Content\Write\Permissions;
use Igny8\Bridge\Content\Write\Post_Writer;
use Igny8\Bridge\Content\Write\Publishing_Rules;
use Igny8\Bridge\Content\Write\Seo_Writer;
use Igny8\Bridge\Content\Write\Term_Writer;
use Igny8\Bridge\Content\Write\Write_Log;
use Igny8\Bridge\Content\Write\Write_Verifier;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Outbox\Recorder;
use Igny8\Bridge\Support\Settings;

/**
 * Builds and hooks what concerns posts that are open in WordPress' editors. Its properties are read only.
 */
final class Editor_Module {

	public Save_Watcher $watcher;

	public Editor_Actions $actions;

	private Save_Requests $requests;

	private Editor_Screen $screen;

	private Tables $tables;

	public function __construct( Connection $connection, Settings $settings, Tables $tables, Recorder $recorder, User_Choice $choice ) {
		$types       = new Types( $settings );
		$rows        = new Rows();
		$keys        = new Meta_Keys();
		$acting_user = new Acting_User( $choice );
		$verifier    = new Write_Verifier( $rows, new Post_Meta() );
		$links       = new Item_Links( $connection );
		$writer      = new Post_Writer( $verifier, new Term_Writer( $verifier ), new Meta_Writer(), $links, new Publishing_Rules(), new Seo_Writer( $verifier ), new Permissions() );
		$documents   = new Documents( $types, $rows, new Related_Data( $types, $keys, $links ), new Document_Maker( $links ) );
		$writes      = new Write_Log();
		$saves       = new Stale_Saves();
		$state       = new Editor_State( $tables, $writes, $saves );
		$restorer    = new Restorer( $rows, new Change_Reader( $types, new Field_Reader( $types, $keys ) ), $writer, $acting_user );

		$this->tables   = $tables;
		$this->watcher  = new Save_Watcher( $tables, $writes, $saves, $documents, $acting_user );
		$this->requests = new Save_Requests( $this->watcher );
		$this->actions  = new Editor_Actions( $state, $saves, $documents, $restorer, $recorder );
		$this->screen   = new Editor_Screen( $connection, $tables, $types, $writes, $saves, $this->actions );
	}

	public function hook(): void {
		$this->watcher->hook();
		$this->requests->hook();
		$this->actions->hook();
		( new Lock_Watcher() )->hook();
		add_action( Schedule::DAILY, [ $this, 'clean' ] );
		if ( is_admin() ) {
			$this->screen->hook();
		}
	}

	public function clean(): void {
		if ( $this->tables->exist() ) {
			( new Write_Log() )->clean();
			( new Stale_Saves() )->clean();
		}
	}
}
