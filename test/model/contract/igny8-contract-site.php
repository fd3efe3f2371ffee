<?php
/**
 * Plugin Name: IGNY8 lab: contract
 * Description: Types, filters and actions that the contract tests need on a real site; the same that test/model does by itself.
 */

add_action(
	'init',
	static function () {
		register_taxonomy( 'event_kind', 'event', array( 'label' => 'Kinds', 'public' => true, 'hierarchical' => false ) );
		if ( get_option( 'igny8_contract_without_event' ) ) {
			return;
		}
		register_post_type(
			'event',
			array(
				'label'        => 'Events',
				'public'       => true,
				'hierarchical' => true,
				'show_in_rest' => false,
				'taxonomies'   => array( 'event_kind' ),
				'supports'     => array( 'title', 'editor', 'excerpt', 'thumbnail', 'page-attributes' ),
			)
		);
		register_post_meta( 'event', 'event_place', array( 'type' => 'string', 'single' => true, 'show_in_rest' => true ) );
		register_post_meta( 'event', 'event_seats', array( 'type' => 'integer', 'single' => true, 'show_in_rest' => true ) );
	}
);

add_filter(
	'wp_insert_post_data',
	static function ( $data ) {
		return get_option( 'igny8_contract_filter' ) ? str_replace( 'naked', 'clothed', $data ) : $data;
	}
);

/** As if SEOPress were active: it stores its fields in post meta, like this site's own filters allow. */
add_filter(
	'igny8_seo_plugin',
	static function ( $found ) {
		return get_option( 'igny8_contract_seo', $found );
	}
);

/** Polls only when it is told to: polls of requests that have sent a change would take commands of the next step. */
add_action(
	'init',
	static function () {
		remove_all_actions( 'igny8_outbox_sent' );
		remove_all_actions( 'igny8_outbox_sent_in_foreground' );
		remove_all_actions( 'igny8_loopback_received', 20 );
	},
	100
);

/** Far faster than starting PHP for every step: what is to be done, for whoever knows the token of this site. */
add_action(
	'wp_loaded',
	static function () {
		$token = $_SERVER['HTTP_X_IGNY8_CONTRACT'] ?? '';
		if ( '' === $token || ! defined( 'IGNY8_CONTRACT_TOKEN' ) || ! hash_equals( IGNY8_CONTRACT_TOKEN, $token ) ) {
			return;
		}
		header( 'Content-Type: application/json' );
		if ( isset( $_GET['heartbeat'] ) ) {
			echo wp_json_encode( igny8_contract_heartbeat() );
			exit;
		}
		if ( isset( $_GET['unsent'] ) ) {
			global $wpdb;
			echo wp_json_encode( array( (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}igny8_outbox" ) ) );
			exit;
		}
		kses_remove_filters();
		echo wp_json_encode( array_map( 'igny8_contract_perform', json_decode( file_get_contents( 'php://input' ), true ) ) );
		exit;
	}
);

/** Has the site call for its commands, as its cron does: null, or what kept it from doing so. */
function igny8_contract_heartbeat(): ?array {
	$is_answered = Igny8\Bridge\Plugin::instance()->polling->poller->run( 'cron', 20000 );
	return $is_answered ? null : array( 'failure' => get_option( 'igny8_poll' ) );
}

/** Sets columns of wp_posts as SQL does: no hook, no change of `modified`. */
function igny8_contract_set( int $id, array $columns ): void {
	global $wpdb;
	$wpdb->update( $wpdb->posts, $columns, array( 'ID' => $id ) );
	clean_post_cache( $id );
}

function igny8_contract_modified( int $id, int $time ): void {
	$text = 0 === $time ? '0000-00-00 00:00:00' : gmdate( 'Y-m-d H:i:s', $time );
	igny8_contract_set( $id, array( 'post_modified' => $text, 'post_modified_gmt' => $text ) );
}

function igny8_contract_insert( array $action ): int {
	$names = array( 'type' => 'post_type', 'title' => 'post_title', 'body' => 'post_content', 'excerpt' => 'post_excerpt', 'slug' => 'post_name', 'status' => 'post_status', 'parent' => 'post_parent', 'password' => 'post_password' );
	$post  = array( 'post_author' => 1, 'post_title' => 'Untitled' );
	foreach ( $names as $name => $column ) {
		if ( isset( $action[ $name ] ) ) {
			$post[ $column ] = $action[ $name ];
		}
	}
	if ( isset( $action['dateS'] ) ) {
		$post['post_date_gmt'] = gmdate( 'Y-m-d H:i:s', $action['dateS'] );
		$post['post_date']     = $post['post_date_gmt'];
	}
	$id = wp_insert_post( wp_slash( $post ), true );
	if ( is_wp_error( $id ) ) {
		throw new RuntimeException( $id->get_error_message() );
	}
	foreach ( $action['terms'] ?? array() as $taxonomy => $ids ) {
		wp_set_object_terms( $id, $ids, $taxonomy );
	}
	foreach ( $action['meta'] ?? array() as $key => $value ) {
		update_post_meta( $id, $key, wp_slash( $value ) );
	}
	if ( isset( $action['featured'] ) ) {
		set_post_thumbnail( $id, $action['featured'] );
	}
	if ( isset( $action['modifiedS'] ) ) {
		igny8_contract_modified( $id, $action['modifiedS'] );
	}
	return $id;
}

/** As plugins that duplicate posts do: a new post with every meta of the first. */
function igny8_contract_copy( int $id ): int {
	$post = get_post( $id, ARRAY_A );
	unset( $post['ID'], $post['guid'], $post['post_name'] );
	$copy = wp_insert_post( wp_slash( array( 'post_status' => 'draft' ) + $post ) );
	foreach ( get_post_meta( $id ) as $key => $values ) {
		foreach ( $values as $value ) {
			add_post_meta( $copy, $key, wp_slash( maybe_unserialize( $value ) ) );
		}
	}
	return $copy;
}

function igny8_contract_edit( array $action ): int {
	$names = array( 'title' => 'post_title', 'body' => 'post_content', 'status' => 'post_status' );
	$post  = array( 'ID' => $action['id'] );
	foreach ( $names as $name => $column ) {
		if ( isset( $action[ $name ] ) ) {
			$post[ $column ] = $action[ $name ];
		}
	}
	return (int) wp_update_post( wp_slash( $post ) );
}

function igny8_contract_attachment( array $action ): int {
	$id = wp_insert_attachment( array( 'post_title' => $action['title'], 'post_mime_type' => 'image/png', 'guid' => home_url( '/wp-content/uploads/' . sanitize_title( $action['title'] ) . '.png' ) ), sanitize_title( $action['title'] ) . '.png' );
	if ( isset( $action['alt'] ) ) {
		update_post_meta( $id, '_wp_attachment_image_alt', $action['alt'] );
	}
	return $id;
}

function igny8_contract_file( array $action ): string {
	$png     = base64_decode( 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==' );
	$uploads = wp_upload_dir();
	file_put_contents( $uploads['basedir'] . '/' . $action['name'], 'image' === $action['kind'] ? $png : '<!doctype html><p>Not an image' );
	return $uploads['baseurl'] . '/' . $action['name'];
}

function igny8_contract_read( int $id ): ?string {
	global $wpdb;
	$row = $wpdb->get_row( $wpdb->prepare( "SELECT * FROM $wpdb->posts WHERE ID = %d", $id ) );
	if ( ! $row ) {
		return null;
	}
	return wp_json_encode(
		array(
			'title'     => $row->post_title,
			'body'      => $row->post_content,
			'excerpt'   => $row->post_excerpt,
			'slug'      => $row->post_name,
			'status'    => $row->post_status,
			'modifiedS' => 0 === strpos( $row->post_modified_gmt, '0000' ) ? 0 : strtotime( $row->post_modified_gmt . ' UTC' ),
		)
	);
}

function igny8_contract_is_sqlite(): bool {
	global $wpdb;
	return false !== stripos( get_class( $wpdb ), 'sqlite' );
}

/** Bytes that WordPress would refuse; MySQL keeps them only in tables made without a character set, as old ones are. */
function igny8_contract_break_utf8( int $id ): bool {
	global $wpdb;
	$bytes = "X'62726f6b656e20ff2068657265'";
	if ( ! igny8_contract_is_sqlite() ) {
		$wpdb->query( "ALTER TABLE $wpdb->posts MODIFY post_content LONGBLOB NOT NULL" );
	}
	$value = igny8_contract_is_sqlite() ? "CAST( $bytes AS CHAR )" : $bytes;
	return 1 === $wpdb->query( "UPDATE $wpdb->posts SET post_content = $value WHERE ID = $id" );
}

/**
 * @return mixed
 */
function igny8_contract_perform( array $action ) {
	global $wpdb;
	$id = (int) ( $action['id'] ?? 0 );
	switch ( $action['op'] ) {
		case 'insert':
			return igny8_contract_insert( $action );
		case 'edit':
			return igny8_contract_edit( $action );
		case 'copy':
			return igny8_contract_copy( $id );
		case 'trash':
			return null !== wp_trash_post( $id );
		case 'untrash':
			return null !== wp_untrash_post( $id );
		case 'delete':
			return null !== wp_delete_post( $id, true );
		case 'term':
			$term = wp_insert_term( $action['name'], $action['taxonomy'], isset( $action['slug'] ) ? array( 'slug' => $action['slug'] ) : array() );
			if ( is_wp_error( $term ) ) {
				throw new RuntimeException( $term->get_error_message() );
			}
			return $term['term_id'];
		case 'attachment':
			return igny8_contract_attachment( $action );
		case 'alt':
			return update_post_meta( $id, '_wp_attachment_image_alt', $action['alt'] );
		case 'set_terms':
			return null !== wp_set_object_terms( $id, $action['terms'], $action['taxonomy'] );
		case 'set_meta':
			return update_post_meta( $id, $action['key'], wp_slash( $action['value'] ) );
		case 'rename_term':
			return is_array( wp_update_term( $id, $action['taxonomy'], array( 'name' => $action['name'] ) ) );
		case 'set_featured':
			return update_post_meta( $id, '_thumbnail_id', $action['image'] );
		case 'touch':
			return igny8_contract_modified( $id, $action['modifiedS'] );
		case 'schedule':
			$gmt = gmdate( 'Y-m-d H:i:s', $action['dateS'] );
			wp_clear_scheduled_hook( 'publish_future_post', array( $id ) );
			return igny8_contract_set( $id, array( 'post_status' => 'future', 'post_date' => get_date_from_gmt( $gmt ), 'post_date_gmt' => $gmt ) );
		case 'grow':
			return igny8_contract_set( $id, array( 'post_content' => str_repeat( 'x', $action['bytes'] ) ) );
		case 'break_utf8':
			return igny8_contract_break_utf8( $id );
		case 'mend_utf8':
			return igny8_contract_is_sqlite() ? null : $wpdb->query( "ALTER TABLE $wpdb->posts MODIFY post_content LONGTEXT NOT NULL" );
		case 'file':
			return igny8_contract_file( $action );
		case 'register':
			return update_option( 'igny8_contract_without_event', $action['isThere'] ? 0 : 1 );
		case 'deny':
			return Igny8\Bridge\Plugin::instance()->settings->save_allowed( $action['kind'], array( $action['slug'] => ! $action['isDenied'] ) );
		case 'leave_alone':
			$actions = Igny8\Bridge\Plugin::instance()->authoring->panel->actions;
			return $action['isLeftAlone'] ? $actions->leave_alone( get_post( $id ) ) : $actions->sync_again( get_post( $id ) );
		case 'filter':
			return update_option( 'igny8_contract_filter', $action['isOn'] ? 1 : 0 );
		case 'seo_plugin':
			return update_option( 'igny8_contract_seo', $action['name'] );
		case 'set_seo_title':
			return update_post_meta( $id, '_seopress_titles_title', wp_slash( $action['title'] ) );
		case 'read':
			return igny8_contract_read( $id );
		case 'count':
			return (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM $wpdb->posts WHERE post_type = %s AND post_status <> 'auto-draft'", $action['type'] ) );
		case 'disconnect':
			return Igny8\Bridge\Plugin::instance()->keys->clear();
	}
	throw new RuntimeException( 'No action ' . $action['op'] );
}
