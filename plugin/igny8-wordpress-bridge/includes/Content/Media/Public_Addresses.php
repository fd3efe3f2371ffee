<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Media;

defined( 'ABSPATH' ) || exit;

/**
 * Resolves a host name once, in both families. The request then goes to an address that was checked: a name may resolve
 * to another one a moment later.
 */
final class Public_Addresses {

	/**
	 * Shared address space of providers (RFC 6598), and blocks for protocols, documentation, tests and multicast,
	 * which PHP's filter lets through.
	 */
	private const SPECIAL = '/^(100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|192\.0\.[02]|192\.88\.99|198\.1[89]|198\.51\.100|203\.0\.113|2(2[4-9]|3\d))\./';

	/**
	 * Blocks of 2000::/3 that lead elsewhere or nowhere: protocols and Teredo, documentation, 6to4. Everything outside of
	 * 2000::/3 is refused: private, link-local, mapped and translated addresses.
	 */
	private const SPECIAL_V6 = [
		[ '2001::', 23 ],
		[ '2001:db8::', 32 ],
		[ '2002::', 16 ],
		[ '3fff::', 20 ],
	];

	/** @var callable(string): string[] */
	private $resolve;

	/**
	 * @param callable|null $resolve Returns all addresses of a host name; by default asks the system and DNS.
	 */
	public function __construct( ?callable $resolve = null ) {
		$this->resolve = $resolve ?? [ self::class, 'ask' ];
	}

	/**
	 * @param string $host Name or IP address, without brackets.
	 * @return string[] All its addresses, IPv4 first; none if it has none or if one of them is not public.
	 */
	public function of( string $host ): array {
		$is_address = false !== filter_var( $host, FILTER_VALIDATE_IP );
		$addresses  = $is_address ? [ $host ] : array_values( array_unique( ( $this->resolve )( $host ) ) );
		foreach ( $addresses as $address ) {
			if ( ! $this->is_public( $address ) ) {
				return [];
			}
		}
		usort(
			$addresses,
			static function ( string $left, string $right ): int {
				return (int) self::is_v6( $left ) <=> (int) self::is_v6( $right );
			}
		);
		return $addresses;
	}

	public static function is_v6( string $address ): bool {
		return false !== strpos( $address, ':' );
	}

	/**
	 * WordPress refuses loopback and private networks, but not link-local ones, where cloud providers serve credentials.
	 */
	private function is_public( string $address ): bool {
		if ( self::is_v6( $address ) ) {
			return $this->is_in( $address, '2000::', 3 ) && ! $this->is_special_v6( $address );
		}
		return 1 !== preg_match( self::SPECIAL, $address )
			&& false !== filter_var( $address, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4 | FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE );
	}

	private function is_special_v6( string $address ): bool {
		foreach ( self::SPECIAL_V6 as list( $block, $bits ) ) {
			if ( $this->is_in( $address, $block, $bits ) ) {
				return true;
			}
		}
		return false;
	}

	private function is_in( string $address, string $block, int $bits ): bool {
		$own   = filter_var( $address, FILTER_VALIDATE_IP, FILTER_FLAG_IPV6 ) ? inet_pton( $address ) : false;
		$first = inet_pton( $block );
		if ( false === $own || false === $first ) {
			return false;
		}
		$whole = intdiv( $bits, 8 );
		$mask  = 0xFF & ( 0xFF << ( 8 - $bits % 8 ) );
		return substr( $own, 0, $whole ) === substr( $first, 0, $whole )
			&& ( 0 === $bits % 8 || ( ord( $own[ $whole ] ) & $mask ) === ( ord( $first[ $whole ] ) & $mask ) );
	}

	/**
	 * @return string[]
	 */
	private static function ask( string $host ): array {
		$found = gethostbynamel( $host );
		$found = is_array( $found ) ? $found : [];
		// Some hosts switch the function off. The request is pinned to an address found here in any case.
		$records = function_exists( 'dns_get_record' ) ? @dns_get_record( $host, DNS_AAAA ) : []; // phpcs:ignore Generic.PHP.NoSilencedErrors.Discouraged -- It warns about every name without a record.
		foreach ( is_array( $records ) ? $records : [] as $record ) {
			$found[] = (string) ( $record['ipv6'] ?? '' );
		}
		return array_filter( $found );
	}
}
