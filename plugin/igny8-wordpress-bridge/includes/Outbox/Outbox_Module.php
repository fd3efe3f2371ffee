<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Problem_Reader;
use Igny8\Bridge\Api\Signed_Post;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Content\Write\Ledger;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Loopback\Loopback;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Security\Message_Headers;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Settings;

/**
 * Builds and hooks the outbox. Its properties are read only.
 */
final class Outbox_Module {

	public Tables $tables;

	public Recorder $recorder;

	public Sender $sender;

	public Delivery $delivery;

	public Report $report;

	private Settings $settings;

	public function __construct( Connection $connection, Settings $settings, Key_Store $keys, Config $config, Schedule $schedule, Log $log, Loopback $loopback ) {
		$this->settings = $settings;
		$outbox         = new Outbox();
		$state          = new State();
		$permission     = new Permission( $connection, $settings );
		$webhook        = new Webhook_Request( new Signed_Post( $config, new Message_Headers( $config, $keys, new Signer() ), new Problem_Reader() ) );
		$this->tables   = new Tables( $log );
		$this->recorder = new Recorder( $outbox, $permission, $this->tables );
		$this->sender   = new Sender( $outbox, $state, $webhook, $permission, new Rows(), $log );
		$this->delivery = new Delivery( $this->recorder, $this->sender, $schedule, $permission, $outbox, $state, $this->tables, $loopback );
		$this->report   = new Report( $outbox, $state, $this->tables );
	}

	public function hook(): void {
		$types          = new Types( $this->settings );
		$affected_posts = new Affected_Posts( $this->recorder, $types );
		$this->tables->hook();
		( new Post_Watcher( $this->recorder, $types ) )->hook();
		( new Detail_Watcher( $this->recorder, $affected_posts, $types, new Meta_Keys() ) )->hook();
		( new Seo_Watcher( $this->recorder, $types ) )->hook();
		( new Term_Watcher( $this->recorder, $affected_posts ) )->hook();
		$this->delivery->hook();
		add_action( Schedule::DAILY, [ $this, 'clean' ] );
	}

	/**
	 * On activation: changes while the plugin was off were not recorded.
	 */
	public function activate(): void {
		$this->tables->ensure();
		$this->delivery->catch_up();
	}

	public function clean(): void {
		if ( $this->tables->exist() ) {
			( new Ledger() )->clean();
		}
	}
}
