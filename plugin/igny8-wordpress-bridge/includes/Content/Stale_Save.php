<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * A save from an editor that did not have IGNY8's last version. Its properties are read only.
 */
final class Stale_Save {

	public int $post_id = 0;

	/** New whenever there is news about it: IGNY8 handles each id once. */
	public string $id = '';

	/** The last write of IGNY8 when it was saved. */
	public int $write_id = 0;

	/** Whether the editor told what it was opened with. If not, its text shows that it was not made from IGNY8's. */
	public bool $is_certain = true;

	/** Whether somebody chose the saved version. */
	public bool $is_kept = false;

	public int $user_id = 0;

	/** Unix seconds. */
	public int $saved_at = 0;

	/** @var array<string, mixed> Field => value that the editor was opened with. */
	public array $base = [];

	/** @var array<string, mixed> Field => value of IGNY8 that the save replaced. */
	public array $ours = [];

	/**
	 * Display name of who saved.
	 */
	public function author(): string {
		$user = get_userdata( $this->user_id );
		return false === $user ? __( 'Somebody', 'igny8-wordpress-bridge' ) : (string) $user->display_name;
	}
}
