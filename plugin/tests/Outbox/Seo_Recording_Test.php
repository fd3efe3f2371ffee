<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Outbox;

use Igny8\Bridge\Outbox\Seo_Watcher;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Tests\Seo_Site;
use WP_REST_Request;

require_once __DIR__ . '/Outbox_Test_Case.php';
require_once dirname( __DIR__ ) . '/support/Seo_Site.php';

/**
 * P12: which changes of SEO fields are recorded.
 */
final class Seo_Recording_Test extends Outbox_Test_Case {

	protected function tearDown(): void {
		Seo_Site::deactivate();
		parent::tearDown();
	}

	public function test_a_field_in_meta_is_recorded_if_its_plugin_is_active(): void {
		$id = $this->make_known_post();
		update_post_meta( $id, '_seopress_robots_index', 'yes' );
		$this->end_request();
		self::assertSame( [], self::rows() );

		Seo_Site::activate( 'seopress' );
		update_post_meta( $id, '_seopress_robots_index', '' );
		$this->end_request();
		self::assertSame( [ "metadata $id" ], self::rows() );
	}

	public function test_what_all_in_one_seo_saves_in_its_table_is_recorded(): void {
		Seo_Site::activate( 'aioseo' );
		$id = $this->make_known_post();
		do_action( 'aioseo_insert_post', $id );
		$this->end_request();
		self::assertSame( [ "metadata $id" ], self::rows() );
	}

	public function test_a_route_of_all_in_one_seo_that_fires_no_action_is_recorded(): void {
		$id = $this->make_known_post();
		foreach ( [ [ 'GET', '/aioseo/v1/post' ], [ 'POST', '/wp/v2/posts' ], [ 'POST', '/aioseo/v1/keyphrases' ] ] as list( $method, $route ) ) {
			self::assertSame( [], self::rows() );
			$request = new WP_REST_Request( $method, $route );
			$request->set_param( 'postId', $id );
			apply_filters( 'rest_request_after_callbacks', null, [], $request );
			$this->end_request();
		}
		self::assertSame( [ "metadata $id" ], self::rows() );
	}

	public function test_another_seo_plugin_has_every_post_compared_once(): void {
		$this->make_known_post();
		$watcher = new Seo_Watcher( $this->plugin->outbox->recorder, new Types( $this->plugin->settings ) );
		$watcher->compare();
		Seo_Site::activate( 'rank_math' );
		$watcher->compare();
		$this->end_request();
		self::assertSame( [], self::rows(), 'Visitors’ requests may run without some plugins.' );

		set_current_screen( 'dashboard' );
		$watcher->compare();
		$this->end_request();
		self::assertSame( 1, count( self::rows() ) );
		self::forget_rows();
		$watcher->compare();
		$this->end_request();
		self::assertSame( [], self::rows() );
	}
}
