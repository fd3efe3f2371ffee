<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Remote_State;
use Igny8\Bridge\Structure\Gatherer;

/**
 * The two switches, and a list of post types and taxonomies: counts, whether IGNY8 may sync them, and whether it does.
 */
final class Sync_Form {

	private Gatherer $gatherer;

	private Remote_State $remote;

	public function __construct( Gatherer $gatherer, Remote_State $remote ) {
		$this->gatherer = $gatherer;
		$this->remote   = $remote;
	}

	public function render(): void {
		$structure = $this->gatherer->gather();
		printf( '<h2>%s</h2>', esc_html__( 'Sync settings', 'igny8-wordpress-bridge' ) );
		Form::open( Actions::SAVE );
		$this->render_switches( $structure );
		printf( '<p>%s</p>', esc_html__( 'IGNY8 may read and write only what you allow here, whatever is switched on in IGNY8. What it has of a type that you no longer allow stays as it is.', 'igny8-wordpress-bridge' ) );
		$this->render_types( 'post_types', __( 'Post types', 'igny8-wordpress-bridge' ), $structure['post_types'] );
		$this->render_types( 'taxonomies', __( 'Taxonomies', 'igny8-wordpress-bridge' ), $structure['taxonomies'] );
		echo '<p class="submit">';
		Form::button( __( 'Save changes', 'igny8-wordpress-bridge' ), 'button-primary' );
		echo '</p>';
		Form::close();
	}

	private function render_switches( array $structure ): void {
		printf( '<fieldset class="igny8-switches"><legend class="screen-reader-text">%s</legend>', esc_html__( 'Sync', 'igny8-wordpress-bridge' ) );
		$this->render_switch(
			'sync_enabled',
			$structure['plugin_connection_enabled'],
			__( 'Enable Sync Operations', 'igny8-wordpress-bridge' ),
			__( 'Off: the plugin sends nothing to IGNY8 automatically.', 'igny8-wordpress-bridge' )
		);
		$this->render_switch(
			'two_way_enabled',
			$structure['two_way_sync_enabled'],
			__( 'Enable Two-Way Sync', 'igny8-wordpress-bridge' ),
			__( 'On: edits made in IGNY8 are written to this site too.', 'igny8-wordpress-bridge' )
		);
		echo '</fieldset>';
	}

	private function render_switch( string $name, bool $is_on, string $label, string $help ): void {
		printf(
			'<p><label><input type="checkbox" name="igny8_%1$s" value="1"%2$s aria-describedby="igny8-%1$s-help"> %3$s</label></p><p class="description" id="igny8-%1$s-help">%4$s</p>',
			esc_attr( $name ),
			checked( $is_on, true, false ),
			esc_html( $label ),
			esc_html( $help )
		);
	}

	/**
	 * @param array<string, array> $types Slug => label, count, enabled.
	 */
	private function render_types( string $kind, string $title, array $types ): void {
		printf(
			'<h3 id="igny8-%1$s">%2$s</h3><table class="widefat striped igny8-types" aria-labelledby="igny8-%1$s"><thead><tr><th scope="col">%3$s</th><th scope="col">%4$s</th><th scope="col" class="igny8-number">%5$s</th><th scope="col">%6$s</th><th scope="col">%7$s</th></tr></thead><tbody>',
			esc_attr( $kind ),
			esc_html( $title ),
			esc_html__( 'Name', 'igny8-wordpress-bridge' ),
			esc_html__( 'Slug', 'igny8-wordpress-bridge' ),
			esc_html__( 'Items', 'igny8-wordpress-bridge' ),
			esc_html__( 'Allowed', 'igny8-wordpress-bridge' ),
			esc_html__( 'Sync', 'igny8-wordpress-bridge' )
		);
		foreach ( $types as $slug => $type ) {
			$this->render_type( $kind, (string) $slug, $type );
		}
		if ( [] === $types ) {
			printf( '<tr><td colspan="5">%s</td></tr>', esc_html__( 'None on this site.', 'igny8-wordpress-bridge' ) );
		}
		echo '</tbody></table>';
	}

	private function render_type( string $kind, string $slug, array $type ): void {
		// The hidden field tells an unticked type from one that was registered after the page was rendered.
		printf(
			'<tr><th scope="row">%1$s</th><td><code>%2$s</code></td><td class="igny8-number">%3$s</td><td><input type="hidden" name="igny8_%4$s[%2$s]" value="0"><label><input type="checkbox" name="igny8_%4$s[%2$s]" value="1"%5$s> <span class="screen-reader-text">%6$s</span></label></td><td data-igny8-decision="%7$s">%8$s</td></tr>',
			esc_html( $type['label'] ),
			esc_attr( $slug ),
			esc_html( number_format_i18n( $type['count'] ) ),
			esc_attr( $kind ),
			checked( ! $type['denied'], true, false ),
			/* translators: 1: name of a post type or taxonomy, 2: its slug. */
			esc_html( sprintf( __( 'Allow IGNY8 to sync %1$s (%2$s)', 'igny8-wordpress-bridge' ), $type['label'], $slug ) ),
			esc_attr( $this->decision( $kind, $slug, $type ) ),
			esc_html( $this->decision_text( $this->decision( $kind, $slug, $type ) ) )
		);
	}

	/**
	 * Whether a type is synced, and who decided that.
	 *
	 * @return string on, wordpress, igny8, default, or unknown.
	 */
	private function decision( string $kind, string $slug, array $type ): string {
		if ( $type['denied'] ) {
			return 'wordpress';
		}
		$remote = $this->remote->type( $kind, $slug );
		if ( null === $remote || 'wordpress' === $remote['decided_by'] ) {
			return 'unknown';
		}
		return $remote['enabled'] ? 'on' : $remote['decided_by'];
	}

	private function decision_text( string $decision ): string {
		$texts = [
			'on'        => __( 'Synced', 'igny8-wordpress-bridge' ),
			'wordpress' => __( 'Switched off here', 'igny8-wordpress-bridge' ),
			'igny8'     => __( 'Switched off in IGNY8', 'igny8-wordpress-bridge' ),
			'default'   => __( 'Off until it is switched on in IGNY8', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $decision ] ?? __( 'IGNY8 decides', 'igny8-wordpress-bridge' );
	}
}
