<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Commands\Command;
use Igny8\Bridge\Commands\Context;

/**
 * A command that runs a callable.
 */
final class Test_Command implements Command {

	private string $name;

	/** @var callable(array, Context): array */
	private $task;

	public function __construct( string $name, callable $task ) {
		$this->name = $name;
		$this->task = $task;
	}

	public function name(): string {
		return $this->name;
	}

	public function run( array $args, Context $context ): array {
		return ( $this->task )( $args, $context );
	}
}
