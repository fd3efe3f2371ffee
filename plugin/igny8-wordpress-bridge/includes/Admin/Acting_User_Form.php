<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\Chosen_User;
use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Acting\User_Rights;
use Igny8\Bridge\Acting\Writers;

/**
 * As whom IGNY8 writes: the current user, what is wrong with that, and a list to choose from.
 */
final class Acting_User_Form {

	private User_Choice $choice;

	private Writers $writers;

	public function __construct( User_Choice $choice, Writers $writers ) {
		$this->choice  = $choice;
		$this->writers = $writers;
	}

	public function render(): void {
		$acting = $this->choice->current();
		printf(
			'<section aria-labelledby="igny8-acting-user" data-igny8-acting-user="%1$s"><h2 id="igny8-acting-user">%2$s</h2><p>%3$s</p>',
			esc_attr( $acting->source() ),
			esc_html__( 'Writes as', 'igny8-wordpress-bridge' ),
			esc_html__( 'IGNY8 changes this site as one WordPress user. What that user may not do, IGNY8 may not do either.', 'igny8-wordpress-bridge' )
		);
		printf( '<p><strong>%1$s</strong> – %2$s</p>', esc_html( '' === $acting->name() ? __( 'nobody', 'igny8-wordpress-bridge' ) : $acting->full_name() ), esc_html( $acting->source_text() ) );
		$this->render_problem( $acting );
		if ( ! $this->choice->is_fixed() ) {
			$this->render_choice( $acting );
		}
		echo '</section>';
	}

	private function render_problem( Chosen_User $acting ): void {
		$user = $acting->user();
		if ( '' !== $acting->problem() ) {
			printf(
				'<div class="notice notice-error inline" role="alert" data-igny8-acting-user-problem="%1$s"><p><strong>%2$s</strong> %3$s</p></div>',
				esc_attr( $acting->problem() ),
				esc_html( $acting->reason() ),
				esc_html__( 'Until you choose another user, changes from IGNY8 are refused.', 'igny8-wordpress-bridge' )
			);
			return;
		}
		$missing = null === $user ? [] : User_Rights::missing( $user );
		if ( [] !== $missing ) {
			printf( '<p>%s</p><ul class="ul-disc">', esc_html__( 'This user lacks capabilities. Changes that need them are refused:', 'igny8-wordpress-bridge' ) );
			foreach ( $missing as $line ) {
				printf( '<li>%s</li>', esc_html( $line ) );
			}
			echo '</ul>';
		}
		if ( null !== $user && ! user_can( $user, 'unfiltered_html' ) ) {
			printf( '<p>%s</p>', esc_html__( 'This user may not write unfiltered HTML: texts with scripts, frames or forms are refused.', 'igny8-wordpress-bridge' ) );
		}
	}

	private function render_choice( Chosen_User $acting ): void {
		$chosen = Chosen_User::CHOSEN === $acting->source() ? $acting->id() : 0;
		$names  = $this->writers->all();
		if ( $chosen > 0 ) {
			$names += [ $chosen => $acting->name() ];
		}
		Form::open( Actions::ACTING_USER, 'igny8-inline' );
		printf( '<label for="igny8-acting-user-choice">%s</label> ', esc_html__( 'User', 'igny8-wordpress-bridge' ) );
		printf( '<select id="igny8-acting-user-choice" name="igny8_acting_user"><option value="0"%1$s>%2$s</option>', selected( $chosen, 0, false ), esc_html__( 'Whoever connected this site', 'igny8-wordpress-bridge' ) );
		foreach ( $names as $id => $name ) {
			printf( '<option value="%1$d"%2$s>%3$s</option>', (int) $id, selected( $chosen, $id, false ), esc_html( $name ) );
		}
		echo '</select> ';
		Form::button( __( 'Save user', 'igny8-wordpress-bridge' ) );
		if ( count( $names ) >= Writers::MOST ) {
			/* translators: %s: a command. */
			printf( '<p class="description">%s</p>', esc_html( sprintf( __( 'Not all users are listed. Choose another one with %s.', 'igny8-wordpress-bridge' ), 'wp igny8 acting-user <login>' ) ) );
		}
		Form::close();
	}
}
