<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Status;

/**
 * Text of every state. The colour adds nothing to it.
 */
final class State_Texts {

	/**
	 * @return string Label.
	 */
	public function label( string $state ): string {
		$labels = [
			Status::NOT_CONNECTED     => __( 'Not connected', 'igny8-wordpress-bridge' ),
			Status::AUTHENTICATING    => __( 'Authenticating', 'igny8-wordpress-bridge' ),
			Status::WAITING           => __( 'Failed to connect, trying again', 'igny8-wordpress-bridge' ),
			Status::AWAITING_CONFIRMATION => __( 'Waiting for confirmation in IGNY8', 'igny8-wordpress-bridge' ),
			Status::STRUCTURE_SYNCING => __( 'Connected, structure syncing', 'igny8-wordpress-bridge' ),
			Status::READY             => __( 'Connected & ready', 'igny8-wordpress-bridge' ),
			Status::DEGRADED          => __( 'Connected, but the content types could not be sent', 'igny8-wordpress-bridge' ),
			Status::KEY_REVOKED       => __( 'API key revoked', 'igny8-wordpress-bridge' ),
			Status::KEY_UNREADABLE    => __( 'API key unreadable', 'igny8-wordpress-bridge' ),
			Status::DISABLED          => __( 'Connected, sync is switched off', 'igny8-wordpress-bridge' ),
			Status::CLONE_DETECTED    => __( 'On hold: the address of this site has changed', 'igny8-wordpress-bridge' ),
		];
		return $labels[ $state ] ?? $labels[ Status::NOT_CONNECTED ];
	}

	/**
	 * @return string Explanation, and what to do.
	 */
	public function explanation( string $state ): string {
		$texts = [
			Status::NOT_CONNECTED     => __( 'Press “Connect to IGNY8”: IGNY8 asks you once, and brings you back here.', 'igny8-wordpress-bridge' ),
			Status::AUTHENTICATING    => __( 'IGNY8 is checking the credentials and calling this site back. This takes a few seconds. Reload the page to see the result.', 'igny8-wordpress-bridge' ),
			Status::WAITING           => __( 'The API key is stored encrypted, and the plugin tries again automatically. You don’t have to do anything.', 'igny8-wordpress-bridge' ),
			Status::AWAITING_CONFIRMATION => __( 'IGNY8 already has a connection of this site, and this plugin does not have its secret, for example because it was installed anew. Somebody of your IGNY8 account has to confirm the new connection there, on the page Connection of the site. The plugin then finishes by itself.', 'igny8-wordpress-bridge' ),
			Status::STRUCTURE_SYNCING => __( 'The site is connected. The list of content types is being sent to IGNY8.', 'igny8-wordpress-bridge' ),
			Status::READY             => __( 'IGNY8 has this site’s content types and counts. They are sent again every day and after every change.', 'igny8-wordpress-bridge' ),
			Status::DEGRADED          => __( 'The site is connected, but the latest content types and counts have not reached IGNY8. The plugin tries again automatically.', 'igny8-wordpress-bridge' ),
			Status::KEY_REVOKED       => __( 'IGNY8 no longer accepts the API key of this site. Connect again below.', 'igny8-wordpress-bridge' ),
			Status::KEY_UNREADABLE    => __( 'The API key can no longer be decrypted, because the salts in wp-config.php have changed or IGNY8_API_KEY was removed from it. Connect again below.', 'igny8-wordpress-bridge' ),
			Status::DISABLED          => __( 'Nothing is sent until you tick “Enable Sync Operations” below and save.', 'igny8-wordpress-bridge' ),
			Status::CLONE_DETECTED    => __( 'The address of this site is not the one it was connected with. IGNY8 changes nothing here and the plugin sends nothing until you choose at the top of this page: the site has moved, it is a copy, or it has both addresses.', 'igny8-wordpress-bridge' ),
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
			Status::AWAITING_CONFIRMATION => 'busy',
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
