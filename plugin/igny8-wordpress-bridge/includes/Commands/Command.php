<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

defined( 'ABSPATH' ) || exit;

use Throwable;

/**
 * A command that IGNY8 can send. Plugin lists all of them.
 */
interface Command {

	/**
	 * Lower_snake, as on the wire.
	 */
	public function name(): string;

	/**
	 * @param array   $args    As sent; the command validates them.
	 * @param Context $context Of the batch, with what is left of its time and size.
	 * @return array Data of the result, a JSON object.
	 * @throws Command_Failure If it knows the reason.
	 * @throws Throwable       Any other exception fails this command only.
	 */
	public function run( array $args, Context $context ): array;
}
