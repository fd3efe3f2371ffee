<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Outbox;

require_once __DIR__ . '/Outbox_Test_Case.php';

/**
 * P6, T20, T26, T32: which changes are recorded, and how often.
 *
 * @group environment
 */
final class Recording_Test extends Outbox_Test_Case {

	/**
	 * @dataProvider edits
	 */
	public function test_an_edit_is_recorded_once( callable $edit, string $expected ): void {
		wp_insert_term( 'Known', self::KIND );
		$id = $this->make_known_post();
		$edit( $id );
		$this->end_request();
		self::assertSame( '' === $expected ? [] : [ "$expected $id" ], self::rows() );
	}

	public function edits(): array {
		$update = static function ( array $columns ): callable {
			return static function ( int $id ) use ( $columns ): void {
				wp_update_post( [ 'ID' => $id ] + $columns );
			};
		};
		return [
			'text'                  => [ $update( [ 'post_content' => 'New' ] ), 'status' ],
			'status'                => [ $update( [ 'post_status' => 'draft' ] ), 'status' ],
			'slug'                  => [ $update( [ 'post_name' => 'new' ] ), 'status' ],
			'twice'                 => [
				static function ( int $id ): void {
					wp_update_post( [ 'ID' => $id, 'post_title' => 'A' ] );
					wp_update_post( [ 'ID' => $id, 'post_title' => 'B' ] );
				},
				'status',
			],
			'trash'                 => [ 'wp_trash_post', 'status' ],
			'trash and back'        => [
				static function ( int $id ): void {
					wp_trash_post( $id );
					wp_untrash_post( $id );
				},
				'status',
			],
			'published by a plugin' => [ 'wp_publish_post', '' ],
			'deleted'               => [
				static function ( int $id ): void {
					wp_delete_post( $id, true );
				},
				'deleted',
			],
			'edited and deleted'    => [
				static function ( int $id ): void {
					update_post_meta( $id, 'place', 'x' );
					wp_update_post( [ 'ID' => $id, 'post_title' => 'A' ] );
					wp_delete_post( $id, true );
				},
				'deleted',
			],
			'terms'                 => [
				static function ( int $id ): void {
					wp_set_object_terms( $id, [ 'Known' ], self::KIND );
				},
				'metadata',
			],
			'a term added'          => [
				static function ( int $id ): void {
					wp_set_object_terms( $id, [ 'Known' ], self::KIND, true );
				},
				'metadata',
			],
			'the same terms'        => [
				static function ( int $id ): void {
					wp_set_object_terms( $id, [], self::KIND );
				},
				'',
			],
			'synced meta'           => [
				static function ( int $id ): void {
					update_post_meta( $id, 'place', 'x' );
				},
				'metadata',
			],
			'SEO'                   => [
				static function ( int $id ): void {
					add_post_meta( $id, 'rank_math_title', 'x' );
					delete_post_meta( $id, 'rank_math_title' );
				},
				'metadata',
			],
			'featured image'        => [
				static function ( int $id ): void {
					update_post_meta( $id, '_thumbnail_id', 5 );
				},
				'metadata',
			],
			'other meta'            => [
				static function ( int $id ): void {
					update_post_meta( $id, '_edit_lock', 'x' );
					update_post_meta( $id, 'hidden', 'x' );
				},
				'',
			],
			'meta, then text'       => [
				static function ( int $id ): void {
					update_post_meta( $id, 'place', 'x' );
					wp_update_post( [ 'ID' => $id, 'post_title' => 'A' ] );
					wp_set_object_terms( $id, [ 'Known' ], self::KIND );
				},
				'status',
			],
			'an autosave'           => [
				static function ( int $id ): void {
					require_once ABSPATH . 'wp-admin/includes/post.php';
					wp_set_current_user( 1 );
					wp_create_post_autosave( [ 'post_ID' => $id, 'post_title' => 'x', 'post_content' => 'y', 'post_excerpt' => '', 'post_type' => self::TYPE ] );
				},
				'',
			],
			'a comment'             => [
				static function ( int $id ): void {
					wp_insert_comment( [ 'comment_post_ID' => $id, 'comment_content' => 'x', 'comment_approved' => 1 ] );
				},
				'',
			],
		];
	}

	public function test_unsaved_drafts_and_private_types_are_left_out(): void {
		self::make_post( [ 'post_status' => 'auto-draft' ] );
		self::make_post( [ 'post_type' => 'wp_block' ] );
		$id = wp_insert_post( [ 'post_type' => self::TYPE, 'post_title' => 'x', 'post_status' => 'auto-draft' ] );
		wp_set_object_terms( $id, [ 'x' ], self::KIND );
		wp_delete_post( $id, true );
		self::assertSame( [], self::rows() );
	}

	public function test_an_attachment_is_recorded_like_every_public_type(): void {
		$image = self::make_image();
		self::assertSame( [ "status $image" ], self::rows() );
		self::assertSame( 'publish', self::outbox_row( $image )['status'] );
		$this->end_request();
		self::forget_rows();
		wp_update_post( [ 'ID' => $image, 'post_title' => 'New' ] );
		wp_delete_attachment( $image, true );
		self::assertSame( [ "deleted $image" ], self::rows() );
	}

	public function test_the_publication_of_a_scheduled_post_is_recorded(): void {
		$id = $this->make_known_post( [ 'post_status' => 'future', 'post_date' => gmdate( 'Y-m-d H:i:s', time() + 3600 ) ] );
		self::set_columns( $id, [ 'post_date_gmt' => gmdate( 'Y-m-d H:i:s', time() - 60 ) ] );
		check_and_publish_future_post( $id );
		self::assertSame( [ "status $id" ], self::rows() );
	}

	public function test_children_of_a_deleted_parent_are_recorded(): void {
		$parent = self::make_post();
		$child  = $this->make_known_post( [ 'post_parent' => $parent ] );
		wp_delete_post( $parent, true );
		self::assertEqualsCanonicalizing( [ "deleted $parent", "status $child" ], self::rows() );
	}

	public function test_a_renamed_term_records_its_posts(): void {
		$term  = wp_insert_term( 'Old', self::KIND )['term_id'];
		$other = wp_insert_term( 'Other', self::KIND )['term_id'];
		$one   = self::make_post();
		$two   = self::make_post( [ 'post_type' => 'post' ] );
		$third = self::make_post();
		wp_set_object_terms( $one, [ $term ], self::KIND );
		wp_set_object_terms( $two, [ $term ], self::KIND );
		wp_set_object_terms( $third, [ $other ], self::KIND );
		$this->end_request();
		self::forget_rows();

		wp_update_term( $term, self::KIND, [ 'description' => 'Nobody sees it in posts' ] );
		self::assertSame( [], self::rows() );
		wp_update_term( $term, self::KIND, [ 'name' => 'New' ] );
		self::assertSame( [ "metadata $one", "metadata $two" ], self::rows() );

		$this->end_request();
		self::forget_rows();
		$twin = wp_insert_term( 'Other', self::KIND, [ 'slug' => 'other-2' ] )['term_id'];
		self::assertSame( [ "metadata $third" ], self::rows(), 'Its term is a slug from now on.' );
		$this->end_request();
		self::forget_rows();
		wp_delete_term( $twin, self::KIND );
		self::assertSame( [ "metadata $third" ], self::rows(), 'And a name again.' );
		$this->end_request();
		self::forget_rows();
		wp_delete_term( $term, self::KIND );
		self::assertSame( [ "metadata $one", "metadata $two" ], self::rows() );
	}

	public function test_a_new_alternative_text_records_the_posts_that_feature_the_image(): void {
		$image = self::make_image();
		$id    = self::make_post();
		update_post_meta( $id, '_thumbnail_id', $image );
		$this->end_request();
		self::forget_rows();
		update_post_meta( $image, '_wp_attachment_image_alt', 'New' );
		self::assertSame( [ "metadata $id" ], self::rows() );
	}

	public function test_if_too_many_posts_share_a_change_a_full_comparison_is_requested(): void {
		global $wpdb;

		$term = wp_insert_term( 'Old', self::KIND );
		$rows = [];
		for ( $i = 0; $i < 501; $i++ ) {
			$rows[] = "( 1, '', 'x', '', 'publish', '" . self::TYPE . "', '', '', '' )";
		}
		$first = (int) $wpdb->get_var( "SELECT MAX(ID) FROM {$wpdb->posts}" );
		$wpdb->query( "INSERT INTO {$wpdb->posts} (post_author, post_content, post_title, post_excerpt, post_status, post_type, to_ping, pinged, post_content_filtered) VALUES " . implode( ',', $rows ) );
		$wpdb->query( "INSERT INTO {$wpdb->term_relationships} (object_id, term_taxonomy_id, term_order) SELECT ID, {$term['term_taxonomy_id']}, 0 FROM {$wpdb->posts} WHERE ID > $first" );
		wp_update_term( $term['term_id'], self::KIND, [ 'name' => 'New' ] );
		self::assertSame( [ 'digest 0' ], self::rows() );
	}

	public function test_edits_in_several_requests_are_one_row_with_its_first_time_and_a_new_message_id(): void {
		global $wpdb;

		$id    = $this->make_known_post();
		$rows  = [];
		$table = $wpdb->prefix . 'igny8_outbox';
		for ( $i = 0; $i < 3; $i++ ) {
			wp_update_post( [ 'ID' => $id, 'post_title' => "Title $i" ] );
			$this->end_request();
			$rows[] = self::outbox_row( $id );
			$wpdb->query( "UPDATE $table SET created_at = 1000 + $i, due_at = 5, attempts = 7 WHERE created_at > 2000" );
		}
		self::assertSame( [ "status $id" ], self::rows() );
		self::assertSame( '1000', $rows[2]['created_at'] );
		self::assertSame( '0', $rows[2]['attempts'] );
		self::assertEqualsWithDelta( time(), (int) $rows[2]['due_at'], 5 );
		self::assertCount( 3, array_unique( array_column( $rows, 'message_id' ) ) );
	}

	public function test_a_change_after_the_row_was_sent_by_another_request_is_not_lost(): void {
		$id = $this->make_known_post();
		wp_update_post( [ 'ID' => $id, 'post_title' => 'A' ] );
		self::forget_rows();
		update_post_meta( $id, 'place', 'later in the same request' );
		$this->end_request();
		self::assertSame( [ "status $id" ], self::rows() );
	}

	/**
	 * The answer to the command contains the document, so a webhook would only make IGNY8 fetch it again.
	 */
	public function test_writes_of_igny8_are_not_reported_back(): void {
		$item = $this->create( [ 'title' => 'x', 'status' => 'publish', 'terms' => [ self::KIND => [ 'New' ] ], 'meta' => [ 'place' => 'P' ] ] )['item'];
		$item = $this->change( $item, [ 'title' => 'y', 'meta' => [ 'place' => 'Q' ] ] );
		$item = $this->change( $item, [], 'trash' );
		$item = $this->change( $item, [], 'untrash' );
		$item = $this->change( $item, [], 'trash' );
		$this->apply( 'delete', $item );
		$this->end_request();
		self::assertSame( [], self::rows() );
	}

	public function test_changes_of_other_plugins_on_hooks_of_a_write_are_recorded(): void {
		$other = $this->make_known_post();
		$once  = static function ( $id, $post ) use ( $other, &$once ): void {
			if ( self::TYPE === $post->post_type ) {
				remove_action( 'wp_after_insert_post', $once );
				update_post_meta( $other, 'place', 'by a plugin' );
			}
		};
		add_action( 'wp_after_insert_post', $once, 10, 2 );
		$item = $this->create( [ 'title' => 'x' ] )['item'];
		self::assertSame( [ "metadata $other" ], self::rows() );

		update_post_meta( $item['id'], 'place', 'after the answer' );
		self::assertSame( [ "metadata $other", "metadata {$item['id']}" ], self::rows() );
	}

	public function test_a_refused_write_hides_no_change(): void {
		$id   = $this->make_known_post();
		$seen = $this->document( $id );
		add_action(
			'save_post_' . self::TYPE,
			static function () use ( $id ): void {
				self::set_columns( $id, [ 'post_content' => 'Altered' ] );
			}
		);
		self::assertSame( 'content_altered', $this->apply( 'update', $seen, [ 'body' => 'x' ] )['code'] );
		self::assertSame( [ "status $id" ], self::rows() );
	}

	/**
	 * @dataProvider silences
	 */
	public function test_nothing_is_recorded_without_permission( callable $silence ): void {
		$id = $this->make_known_post();
		$silence( $this );
		wp_update_post( [ 'ID' => $id, 'post_title' => 'A' ] );
		wp_set_object_terms( $id, [ 'x' ], self::KIND );
		update_post_meta( $id, 'place', 'x' );
		$this->end_request();
		self::assertSame( [], self::rows() );
	}

	public function silences(): array {
		return [
			'two-way sync is off'    => [
				static function ( self $test ): void {
					$test->plugin->settings->save_switches( true, false );
				},
			],
			'sync is off altogether' => [
				static function ( self $test ): void {
					$test->plugin->settings->save_switches( false, true );
				},
			],
			'not connected'          => [
				static function ( self $test ): void {
					$test->plugin->connection->clear();
				},
			],
			'no tables'              => [
				static function (): void {
					delete_option( 'igny8_tables' );
				},
			],
		];
	}

	public function test_switching_off_and_disconnecting_delete_recorded_changes(): void {
		foreach ( [ 'settings', 'connection' ] as $how ) {
			self::make_post();
			self::assertNotSame( [], self::rows() );
			'settings' === $how ? $this->plugin->settings->save_switches( true, false ) : $this->plugin->connection->clear();
			self::assertSame( [], self::rows() );
			$this->plugin->settings->save_switches( true, true );
			$this->end_request();
		}
	}

	public function test_switching_on_again_requests_a_full_comparison(): void {
		$this->plugin->settings->save_switches( true, false );
		$this->plugin->settings->save_switches( true, true );
		self::assertSame( [ 'digest 0' ], self::rows() );
		self::forget_rows();
		$this->plugin->settings->save_types( 'post_types', [ 'page' => false ] );
		self::assertSame( [], self::rows() );
		$this->plugin->outbox->activate();
		self::assertSame( [ 'digest 0' ], self::rows() );
	}
}
