<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

use Igny8\Bridge\Connection\Status;

/**
 * The words for every state; colour only repeats them.
 */
final class State_Texts {

	/**
	 * @return string Name of the state for people.
	 */
	public function label( string $state ): string {
		$labels = [
			Status::NOT_CONNECTED     => __( 'Not connected', 'igny8-wordpress-bridge' ),
			Status::AUTHENTICATING    => __( 'Authenticating', 'igny8-wordpress-bridge' ),
			Status::WAITING           => __( 'Failed to connect, trying again', 'igny8-wordpress-bridge' ),
			Status::STRUCTURE_SYNCING => __( 'Connected, structure syncing', 'igny8-wordpress-bridge' ),
			Status::READY             => __( 'Connected & ready', 'igny8-wordpress-bridge' ),
			Status::DEGRADED          => __( 'Connected, but the last sync failed', 'igny8-wordpress-bridge' ),
			Status::KEY_REVOKED       => __( 'API key revoked', 'igny8-wordpress-bridge' ),
			Status::KEY_UNREADABLE    => __( 'API key unreadable', 'igny8-wordpress-bridge' ),
			Status::DISABLED          => __( 'Connected, sync is switched off', 'igny8-wordpress-bridge' ),
			Status::CLONE_DETECTED    => __( 'On hold: this site has another address', 'igny8-wordpress-bridge' ),
		];
		return $labels[ $state ] ?? $labels[ Status::NOT_CONNECTED ];
	}

	/**
	 * @return string What it means and what to do.
	 */
	public function explanation( string $state ): string {
		$texts = [
			Status::NOT_CONNECTED     => __( 'Connect this site to IGNY8 with the form below.', 'igny8-wordpress-bridge' ),
			Status::AUTHENTICATING    => __( 'IGNY8 is checking the credentials and calling this site back. This takes a few seconds; reload the page to see how it went.', 'igny8-wordpress-bridge' ),
			Status::WAITING           => __( 'The API key is kept encrypted and the connection is tried again by itself; nothing is to be done.', 'igny8-wordpress-bridge' ),
			Status::STRUCTURE_SYNCING => __( 'The connection stands. The list of content types is on its way to IGNY8.', 'igny8-wordpress-bridge' ),
			Status::READY             => __( 'IGNY8 knows this site’s content types and counts, and they are sent again every day and after every change.', 'igny8-wordpress-bridge' ),
			Status::DEGRADED          => __( 'The connection stands, but IGNY8 has not got the latest content types and counts. It is tried again by itself.', 'igny8-wordpress-bridge' ),
			Status::KEY_REVOKED       => __( 'IGNY8 no longer accepts the API key of this site. Create a new key in IGNY8 under Site Settings, and connect with it below.', 'igny8-wordpress-bridge' ),
			Status::KEY_UNREADABLE    => __( 'The API key can no longer be read, because the salts in wp-config.php have changed or IGNY8_API_KEY was removed there. Connect again with the form below.', 'igny8-wordpress-bridge' ),
			Status::DISABLED          => __( 'Nothing is sent until Enable Sync Operations is ticked and saved below.', 'igny8-wordpress-bridge' ),
			Status::CLONE_DETECTED    => __( 'This site answers under another address than it was connected with. IGNY8 changes nothing here and nothing is sent, until you choose at the top of this page whether it has moved, is a copy, or has both addresses.', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $state ] ?? '';
	}

	/**
	 * @return string good, busy, bad or none: the colour of the dot.
	 */
	public function tone( string $state ): string {
		$tones = [
			Status::AUTHENTICATING    => 'busy',
			Status::WAITING           => 'bad',
			Status::STRUCTURE_SYNCING => 'busy',
			Status::READY             => 'good',
			Status::DEGRADED          => 'busy',
			Status::KEY_REVOKED       => 'bad',
			Status::KEY_UNREADABLE    => 'bad',
			Status::CLONE_DETECTED    => 'bad',
		];
		return $tones[ $state ] ?? 'none';
	}
}
