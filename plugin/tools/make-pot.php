<?php
/**
 * Writes the template for translators.
 *
 *     php plugin/tools/make-pot.php > plugin/igny8-wordpress-bridge/languages/igny8-wordpress-bridge.pot
 */

declare(strict_types=1);

namespace Igny8\Bridge\Tools;

use RecursiveDirectoryIterator;
use RecursiveIteratorIterator;

final class Pot {

	private const FUNCTIONS = [ '__', 'esc_html__', 'esc_attr__' ];

	private const HEADER = "msgid \"\"\nmsgstr \"\"\n\"Project-Id-Version: IGNY8 Bridge\\n\"\n\"MIME-Version: 1.0\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Content-Transfer-Encoding: 8bit\\n\"\n\"X-Domain: igny8-wordpress-bridge\\n\"\n";

	/** @var array<string, array{places: string[], notes: string[]}> */
	private array $messages = [];

	public static function of( string $directory ): string {
		$pot   = new self();
		$paths = [];
		foreach ( new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $directory, RecursiveDirectoryIterator::SKIP_DOTS ) ) as $file ) {
			if ( 'php' === $file->getExtension() ) {
				$paths[] = $file->getPathname();
			}
		}
		sort( $paths );
		foreach ( $paths as $path ) {
			$pot->read( (string) file_get_contents( $path ), substr( $path, strlen( $directory ) + 1 ) );
		}
		return $pot->text();
	}

	private function read( string $code, string $name ): void {
		$tokens = array_values(
			array_filter(
				token_get_all( $code ),
				static function ( $token ): bool {
					return ! is_array( $token ) || T_WHITESPACE !== $token[0];
				}
			)
		);
		$note   = '';
		foreach ( $tokens as $i => $token ) {
			if ( ! is_array( $token ) ) {
				continue;
			}
			if ( T_COMMENT === $token[0] && 1 === preg_match( '/translators: (.*?)\s*\*\//', $token[1], $match ) ) {
				$note = $match[1];
			}
			$argument = $tokens[ $i + 2 ] ?? null;
			if ( T_STRING === $token[0] && in_array( $token[1], self::FUNCTIONS, true ) && is_array( $argument ) && T_CONSTANT_ENCAPSED_STRING === $argument[0] ) {
				$this->add( $this->unquote( $argument[1] ), $name, $note );
				$note = '';
			}
		}
	}

	private function unquote( string $literal ): string {
		return '"' === $literal[0] ? stripcslashes( substr( $literal, 1, -1 ) ) : str_replace( [ "\\'", '\\\\' ], [ "'", '\\' ], substr( $literal, 1, -1 ) );
	}

	private function add( string $message, string $place, string $note ): void {
		$this->messages[ $message ]['places'][] = $place;
		$this->messages[ $message ]['notes'][]  = $note;
	}

	private function text(): string {
		$text = self::HEADER;
		foreach ( $this->messages as $message => $about ) {
			$text .= "\n";
			foreach ( array_unique( array_filter( $about['notes'] ) ) as $note ) {
				$text .= "#. translators: $note\n";
			}
			$text .= '#: ' . implode( ' ', array_unique( $about['places'] ) ) . "\n";
			$text .= false !== strpos( (string) $message, '%' ) ? "#, php-format\n" : '';
			$text .= 'msgid "' . addcslashes( (string) $message, "\"\\\n" ) . "\"\nmsgstr \"\"\n";
		}
		return $text;
	}
}

if ( isset( $argv[0] ) && realpath( $argv[0] ) === __FILE__ ) {
	echo Pot::of( dirname( __DIR__ ) . '/igny8-wordpress-bridge' );
}
