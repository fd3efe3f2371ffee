<?php

declare(strict_types=1);

namespace Igny8\Bridge\Watch;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\State_Texts;
use Igny8\Bridge\Connection\Status;

/**
 * State of the connection as the dot in the admin bar, the notice and the dashboard show it.
 */
final class Link_View {

	private Status $status;

	private Link_State $link;

	private State_Texts $texts;

	public function __construct( Status $status, Link_State $link, State_Texts $texts ) {
		$this->status = $status;
		$this->link   = $link;
		$this->texts  = $texts;
	}

	/**
	 * @return array{state: string, label: string, tone: string, notice: string} `notice` is '' if nothing needs an administrator.
	 */
	public function describe(): array {
		$state   = $this->status->state();
		$problem = $this->link->problem();
		if ( null === $problem ) {
			return [
				'state'  => $state,
				'label'  => $this->texts->label( $state ),
				'tone'   => $this->texts->tone( $state ),
				'notice' => in_array( $state, [ Status::KEY_REVOKED, Status::KEY_UNREADABLE ], true ) ? $this->texts->explanation( $state ) : '',
			];
		}
		$label = self::label( $problem['problem'] );
		return [
			'state'  => $problem['problem'],
			'label'  => $label,
			'tone'   => 'bad',
			'notice' => Link_State::KEY_REVOKED === $problem['problem']
				? $this->texts->explanation( Status::KEY_REVOKED )
				: trim( $label . '. ' . implode( ' ', array_filter( [ self::sentence( $problem['detail'] ), $problem['fix'] ] ) ) ),
		];
	}

	private static function label( string $problem ): string {
		$labels = [
			Link_State::KEY_REVOKED => __( 'API key revoked', 'igny8-wordpress-bridge' ),
			Link_State::UNREACHABLE => __( 'IGNY8 can’t reach this site', 'igny8-wordpress-bridge' ),
			Link_State::NO_ANSWER   => __( 'This site can’t reach IGNY8', 'igny8-wordpress-bridge' ),
		];
		return $labels[ $problem ] ?? '';
	}

	private static function sentence( string $text ): string {
		return '' === $text ? '' : rtrim( $text, '.' ) . '.';
	}
}
