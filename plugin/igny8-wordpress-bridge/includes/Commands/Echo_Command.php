<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

defined( 'ABSPATH' ) || exit;

/**
 * `echo`: returns the request as PHP received it, so that IGNY8 sees what was changed on the way. Changes nothing.
 */
final class Echo_Command implements Command {

	public function name(): string {
		return 'echo';
	}

	public function run( array $args, Context $context ): array {
		return $context->request()->describe();
	}
}
