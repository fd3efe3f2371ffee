<?php
/**
 * A persistent object cache for tests: what one request stores, the next one reads. Like the drop-ins for APCu or Redis, it
 * does not notice what another program writes into the database.
 */
class WP_Object_Cache {

	private array $data = [];

	private array $volatile = [];

	private string $file;

	public function __construct() {
		$this->file = WP_CONTENT_DIR . '/object-cache.ser';
		$stored     = is_file( $this->file ) ? unserialize( (string) file_get_contents( $this->file ) ) : [];
		$this->data = is_array( $stored ) ? $stored : [];
		register_shutdown_function(
			function (): void {
				file_put_contents( $this->file, serialize( array_diff_key( $this->data, $this->volatile ) ), LOCK_EX );
			}
		);
	}

	public function get( $key, string $group, &$found = null ) {
		$found = isset( $this->data[ $group ] ) && array_key_exists( $key, $this->data[ $group ] );
		$value = $found ? $this->data[ $group ][ $key ] : false;
		return is_object( $value ) ? clone $value : $value;
	}

	public function set( $key, $value, string $group ): bool {
		$this->data[ $group ][ $key ] = is_object( $value ) ? clone $value : $value;
		return true;
	}

	public function delete( $key, string $group ): bool {
		$this->get( $key, $group, $found );
		unset( $this->data[ $group ][ $key ] );
		return $found;
	}

	public function flush(): bool {
		$this->data = [];
		return true;
	}

	public function keep_out( array $groups ): void {
		$this->volatile += array_flip( $groups );
	}
}

function wp_cache_init(): void {
	$GLOBALS['wp_object_cache'] = new WP_Object_Cache();
}

function wp_cache_get( $key, $group = '', $force = false, &$found = null ) {
	return $GLOBALS['wp_object_cache']->get( $key, '' === $group ? 'default' : $group, $found );
}

function wp_cache_set( $key, $value, $group = '', $expire = 0 ) {
	return $GLOBALS['wp_object_cache']->set( $key, $value, '' === $group ? 'default' : $group );
}

function wp_cache_add( $key, $value, $group = '', $expire = 0 ) {
	wp_cache_get( $key, $group, false, $found );
	return ! $found && wp_cache_set( $key, $value, $group );
}

function wp_cache_replace( $key, $value, $group = '', $expire = 0 ) {
	wp_cache_get( $key, $group, false, $found );
	return $found && wp_cache_set( $key, $value, $group );
}

function wp_cache_delete( $key, $group = '' ) {
	return $GLOBALS['wp_object_cache']->delete( $key, '' === $group ? 'default' : $group );
}

function wp_cache_incr( $key, $offset = 1, $group = '' ) {
	$value = wp_cache_get( $key, $group, false, $found );
	return $found && wp_cache_set( $key, max( 0, $value + $offset ), $group ) ? max( 0, $value + $offset ) : false;
}

function wp_cache_decr( $key, $offset = 1, $group = '' ) {
	return wp_cache_incr( $key, -$offset, $group );
}

function wp_cache_flush() {
	return $GLOBALS['wp_object_cache']->flush();
}

function wp_cache_close() {
	return true;
}

function wp_cache_add_global_groups( $groups ): void {
}

function wp_cache_add_non_persistent_groups( $groups ): void {
	$GLOBALS['wp_object_cache']->keep_out( (array) $groups );
}

function wp_cache_switch_to_blog( $blog_id ): void {
}
