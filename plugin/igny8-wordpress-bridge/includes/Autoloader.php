<?php

declare(strict_types=1);

namespace Igny8\Bridge;

defined( 'ABSPATH' ) || exit;

use RecursiveDirectoryIterator;
use RecursiveIteratorIterator;

/**
 * Loads `Igny8\Bridge\Folder\Class_Name` from `includes/<Folder>/<Class_Name>.php`.
 */
final class Autoloader {

	private string $prefix;

	private string $directory;

	/**
	 * @param string $root_namespace Namespace without a trailing backslash.
	 * @param string $directory      Folder with its classes, without a trailing slash.
	 */
	public function __construct( string $root_namespace, string $directory ) {
		$this->prefix    = $root_namespace . '\\';
		$this->directory = $directory;
	}

	public function register(): void {
		spl_autoload_register( [ $this, 'load' ] );
	}

	/**
	 * Loads every class now, for the rest of a request in which the files are replaced.
	 */
	public function load_all(): void {
		$folder = new RecursiveDirectoryIterator( $this->directory, RecursiveDirectoryIterator::SKIP_DOTS );
		foreach ( new RecursiveIteratorIterator( $folder ) as $file ) {
			if ( 'php' === $file->getExtension() ) {
				require_once $file->getPathname();
			}
		}
	}

	public function load( string $class_name ): void {
		if ( 0 !== strpos( $class_name, $this->prefix ) ) {
			return;
		}

		$relative = str_replace( '\\', '/', substr( $class_name, strlen( $this->prefix ) ) );
		$file     = $this->directory . '/' . $relative . '.php';
		if ( is_readable( $file ) ) {
			require_once $file;
		}
	}
}
