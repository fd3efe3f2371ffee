<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Outbox;

use Igny8\Bridge\Tests\Content\Content_Test_Case;
use Igny8\Bridge\Tests\Fake_Api;

require_once dirname( __DIR__ ) . '/Content/Content_Test_Case.php';

/**
 * Base of tests on a site whose changes are recorded and sent.
 */
abstract class Outbox_Test_Case extends Content_Test_Case {

	protected const STATUS = '/api/v1/integration/webhooks/wordpress/status/';

	protected const METADATA = '/api/v1/integration/webhooks/wordpress/metadata/';

	/**
	 * @return string[] "kind post" of each row, in order.
	 */
	protected static function rows(): array {
		global $wpdb;
		return $wpdb->get_col( "SELECT CONCAT( kind, ' ', post_id ) FROM {$wpdb->prefix}igny8_outbox ORDER BY post_id, kind" );
	}

	protected static function outbox_row( int $post_id ): array {
		global $wpdb;
		return $wpdb->get_row( $wpdb->prepare( "SELECT * FROM {$wpdb->prefix}igny8_outbox WHERE post_id = %d", $post_id ), ARRAY_A );
	}

	protected static function forget_rows(): void {
		global $wpdb;
		$wpdb->query( "DELETE FROM {$wpdb->prefix}igny8_outbox" );
	}

	/**
	 * Ends the request and starts another.
	 */
	protected function end_request(): void {
		$this->plugin->outbox->recorder->flush();
	}

	/**
	 * A post that is already synced.
	 */
	protected function make_known_post( array $columns = [] ): int {
		$id = self::make_post( $columns );
		$this->end_request();
		self::forget_rows();
		return $id;
	}

	protected function api_accepts(): void {
		foreach ( [ self::STATUS, self::METADATA ] as $path ) {
			$this->api->on( 'POST', $path, Fake_Api::json( 202, [ 'accepted' => true ] ) );
		}
	}

	protected function send( int $most_ms = 5000 ): void {
		$this->end_request();
		$this->plugin->outbox->sender->send( $most_ms );
	}
}
