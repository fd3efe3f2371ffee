<?php

declare(strict_types=1);

namespace Igny8\Bridge\Acting;

defined( 'ABSPATH' ) || exit;

use WP_User;

/**
 * The users who may write posts, as IGNY8 and the settings page offer them. Bounded, and without logins and e-mail
 * addresses.
 */
final class Writers {

	public const MOST = 200;

	/**
	 * @param string $search Part of a name; '' for all.
	 * @return array<int, string> Id => name, by name; at most MOST.
	 */
	public function all( string $search = '' ): array {
		$query = [
			'capability' => [ 'edit_posts' ],
			'orderby'    => 'display_name',
			'number'     => self::MOST,
			// Without these, WordPress reads the meta of every user too.
			'fields'     => [ 'ID', 'display_name' ],
		];
		if ( '' !== $search ) {
			$query['search']         = '*' . $search . '*';
			$query['search_columns'] = [ 'display_name', 'user_nicename' ];
		}
		$names = [];
		foreach ( get_users( $query ) as $user ) {
			$names[ (int) $user->ID ] = User_Name::clean( (string) $user->display_name );
		}
		return $names;
	}

	/**
	 * As IGNY8 gets them. On a site with very many users, finding them would take too long: then a person is named by
	 * login or e-mail address.
	 *
	 * @return array<int, array{id: int, name: string}>
	 */
	public function listed(): array {
		$listed = [];
		foreach ( wp_is_large_user_count() ? [] : $this->all() as $id => $name ) {
			$listed[] = [
				'id'   => $id,
				'name' => $name,
			];
		}
		return $listed;
	}

	/**
	 * The user whom a text names: a login, an e-mail address, or a display name that only one of these users has.
	 */
	public function find( string $text ): ?WP_User {
		foreach ( [ 'login', 'email' ] as $field ) {
			$user = get_user_by( $field, $text );
			if ( false !== $user ) {
				return $user;
			}
		}
		$same = array_keys( $this->all( $text ), $text, true );
		$user = 1 === count( $same ) ? get_userdata( $same[0] ) : false;
		return false === $user ? null : $user;
	}
}
