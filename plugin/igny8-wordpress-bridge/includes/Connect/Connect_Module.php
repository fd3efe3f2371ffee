<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connect;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Approve_Screen;
use Igny8\Bridge\Admin\Connect_Panel;
use Igny8\Bridge\Admin\Connect_Return;
use Igny8\Bridge\Admin\Connect_Start;
use Igny8\Bridge\Admin\Notices;
use Igny8\Bridge\Admin\Sync_Progress;
use Igny8\Bridge\Api\Client;
use Igny8\Bridge\Api\Connect_Api;
use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Connector;
use Igny8\Bridge\Connection\Remote_State;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Security\Cipher;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Structure\Gatherer;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Settings;

/**
 * Builds what connects by consent.
 */
final class Connect_Module {

	public Connect_Flow $flow;

	public First_Sync $first_sync;

	public Sync_Progress $progress;

	public Approve_Screen $approve;

	private Config $config;

	private Status $status;

	private Connection $connection;

	private Notices $notices;

	public function __construct( Config $config, Client $client, Integration_Api $api, Connector $connector, Connection $connection, Status $status, Key_Store $keys, Gatherer $gatherer, Settings $settings, Remote_State $remote, Log $log ) {
		$this->config     = $config;
		$this->status     = $status;
		$this->connection = $connection;
		$this->notices    = new Notices();
		$this->first_sync = new First_Sync( $api, $connection, $keys, $settings, $remote, $log );
		$this->progress   = new Sync_Progress( $remote );

		$url     = new Ask_Url( $config, $connection, $status, $gatherer );
		$connect = new Connect_Api( $client );

		$this->approve = new Approve_Screen( $config, $connect, $url );
		$this->flow    = new Connect_Flow( new Pending_Ask( new Cipher() ), $url, $connect, $connector, $connection, $status, $keys, $this->first_sync, $log );
	}

	public function hook(): void {
		$this->first_sync->hook();
		( new Connect_Entry() )->hook();
	}

	public function hook_admin(): void {
		( new Connect_Start( $this->flow, $this->notices ) )->hook();
		$this->approve->hook();
		( new Connect_Return( $this->flow, $this->notices ) )->hook();
		$this->progress->hook();
	}

	public function panel(): Connect_Panel {
		return new Connect_Panel( $this->config, $this->connection, $this->status );
	}
}
