<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Structure\Gatherer;

/**
 * `structure`: returns what a push sends.
 */
final class Structure_Command implements Command {

	private Gatherer $gatherer;

	public function __construct( Gatherer $gatherer ) {
		$this->gatherer = $gatherer;
	}

	public function name(): string {
		return 'structure';
	}

	public function run( array $args, Context $context ): array {
		return Gatherer::for_json( $this->gatherer->gather() );
	}
}
