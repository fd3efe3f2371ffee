<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\Chosen_User;
use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Acting\User_Rights;

/**
 * Checks the user as whom IGNY8 writes: whether they exist, and what they may not do.
 */
final class Acting_User_Check implements Check {

	private User_Choice $choice;

	public function __construct( User_Choice $choice ) {
		$this->choice = $choice;
	}

	public function run(): array {
		$acting   = $this->choice->current();
		$evidence = [ 'user: ' . ( '' === $acting->name() ? '-' : $acting->full_name() ), 'source: ' . $acting->source() ];
		$user     = $acting->user();
		if ( null === $user || '' !== $acting->problem() ) {
			return [ new Finding( Finding::ERROR, 'wordpress', 'acting_user_unusable', __( 'IGNY8 can’t write as the chosen user', 'igny8-wordpress-bridge' ), $acting->reason(), __( 'Choose another user under Settings → IGNY8 or with wp igny8 acting-user.', 'igny8-wordpress-bridge' ), $evidence ) ];
		}

		$missing    = User_Rights::missing( $user );
		$evidence[] = 'unfiltered_html: ' . ( user_can( $user, 'unfiltered_html' ) ? 'yes' : 'no' );
		/* translators: 1: name of a user, 2: how the user was decided. */
		$detail = sprintf( __( 'IGNY8 writes as %1$s: %2$s.', 'igny8-wordpress-bridge' ), $acting->full_name(), $acting->source_text() );
		if ( [] !== $missing ) {
			return [ new Finding( Finding::WARNING, 'wordpress', 'acting_user_limited', __( 'The user as whom IGNY8 writes may not do everything', 'igny8-wordpress-bridge' ), $detail . ' ' . __( 'Changes that need a missing capability are refused.', 'igny8-wordpress-bridge' ), __( 'Give the user these capabilities or choose another one, unless the limit is intended.', 'igny8-wordpress-bridge' ), array_merge( $evidence, $missing ) ) ];
		}
		if ( Chosen_User::FALLBACK === $acting->source() ) {
			return [ new Finding( Finding::INFO, 'wordpress', 'acting_user_default', __( 'Nobody has chosen as whom IGNY8 writes', 'igny8-wordpress-bridge' ), $detail, __( 'Choose the user under Settings → IGNY8 or with wp igny8 acting-user.', 'igny8-wordpress-bridge' ), $evidence ) ];
		}
		return [ Finding::ok( 'wordpress', 'acting_user_able', __( 'IGNY8 can write', 'igny8-wordpress-bridge' ), $detail, $evidence ) ];
	}
}
