<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Name;
use Igny8\Bridge\Doctor\Hook_Owners;

/**
 * Who changes a value on saving: a plugin, a theme or WordPress itself, and its filter.
 */
final class Culprit {

	/** WordPress' filters for the HTML of users who may not write unfiltered HTML. */
	private const KSES = [ 'wp_filter_kses', 'wp_filter_post_kses', 'wp_filter_nohtml_kses', 'wp_filter_global_styles_post' ];

	private string $by;

	private string $filter;

	private string $why;

	/**
	 * @param string $by     Folder or file of a plugin or theme, or a function of WordPress.
	 * @param string $filter Name of the hook; '' if not known.
	 * @param string $why    Why it does so; '' if not known.
	 */
	public function __construct( string $by, string $filter, string $why = '' ) {
		$this->by     = $by;
		$this->filter = $filter;
		$this->why    = $why;
	}

	/**
	 * @param mixed $callback Of a hook.
	 */
	public static function of_callback( $callback, string $filter ): self {
		if ( is_string( $callback ) && in_array( $callback, self::KSES, true ) ) {
			$user = wp_get_current_user();
			/* translators: 1: name of a user, 2: login. */
			$why = sprintf( __( 'IGNY8 writes as %1$s (%2$s), who may not write unfiltered HTML: the capability unfiltered_html is missing', 'igny8-wordpress-bridge' ), User_Name::shown( $user ), $user->user_login );
			return new self( 'WordPress kses (' . $callback . ')', $filter, $why );
		}
		$owner = Hook_Owners::of_callback( $callback );
		$name  = is_string( $callback ) ? 'WordPress (' . $callback . ')' : 'WordPress';
		return new self( '' === $owner ? $name : $owner, $filter );
	}

	public function by(): string {
		return $this->by;
	}

	public function filter(): string {
		return $this->filter;
	}

	/**
	 * For people.
	 */
	public function text(): string {
		/* translators: %s: name of a filter. */
		$text = '' === $this->filter ? $this->by : $this->by . ' (' . sprintf( __( 'filter %s', 'igny8-wordpress-bridge' ), $this->filter ) . ')';
		return '' === $this->why ? $text : $text . ', ' . sprintf(
			/* translators: %s: a reason, for example "IGNY8 writes as Ada, who may not write unfiltered HTML". */
			__( 'because %s', 'igny8-wordpress-bridge' ),
			$this->why
		);
	}
}
