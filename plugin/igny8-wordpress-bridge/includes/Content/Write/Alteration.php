<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Support\Utf8;

/**
 * The refusal of a write of which the site would store something else: names the field, both values and, where it was
 * found, who changes it.
 */
final class Alteration {

	private const SHOWN_CHARACTERS = 60;

	/**
	 * The change was seen before anything was written.
	 */
	public static function before_writing( string $field, string $sent, string $stored, ?Culprit $culprit ): Command_Failure {
		/* translators: 1: text as it was sent, 2: text as it would be stored. */
		return self::failure( __( '“%1$s” would become “%2$s” on saving', 'igny8-wordpress-bridge' ), __( 'Nothing was written.', 'igny8-wordpress-bridge' ), $field, [ $sent, $stored ], $culprit );
	}

	/**
	 * The change was seen in what is stored.
	 */
	public static function after_writing( string $field, string $sent, string $stored, ?Culprit $culprit ): Command_Failure {
		/* translators: 1: text as it was sent, 2: text as it was stored. */
		return self::failure( __( '“%1$s” became “%2$s” on saving', 'igny8-wordpress-bridge' ), __( 'The change was undone.', 'igny8-wordpress-bridge' ), $field, [ $sent, $stored ], $culprit );
	}

	/**
	 * @param string[] $values As sent and as stored.
	 */
	private static function failure( string $what, string $end, string $field, array $values, ?Culprit $culprit ): Command_Failure {
		list( $before, $after ) = self::excerpts( $values[0], $values[1] );

		$detail = $field . ': ' . sprintf( $what, $before, $after );
		if ( null !== $culprit ) {
			/* translators: %s: a plugin and its filter. */
			$detail .= ' ' . sprintf( __( 'by %s', 'igny8-wordpress-bridge' ), $culprit->text() );
		}
		return new Command_Failure(
			'content_altered',
			$detail . '. ' . $end,
			false,
			[
				'alteration' => [
					'field'  => $field,
					'before' => $before,
					'after'  => $after,
					'by'     => null === $culprit ? null : $culprit->by(),
					'filter' => null === $culprit || '' === $culprit->filter() ? null : $culprit->filter(),
				],
			]
		);
	}

	/**
	 * The texts from where they differ.
	 *
	 * @return string[]
	 */
	private static function excerpts( string $sent, string $stored ): array {
		$same = strspn( $sent ^ $stored, "\0" );
		$from = max( 0, $same - 20 );
		return array_map(
			static function ( string $text ) use ( $from ): string {
				$shown = mb_strcut( $text, $from, self::SHOWN_CHARACTERS, 'UTF-8' );
				return Utf8::repair( ( $from > 0 ? '…' : '' ) . $shown . ( strlen( $text ) > $from + strlen( $shown ) ? '…' : '' ) );
			},
			[ $sent, $stored ]
		);
	}
}
