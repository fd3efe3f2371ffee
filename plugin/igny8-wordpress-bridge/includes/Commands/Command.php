<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

use Throwable;

/**
 * One thing IGNY8 can ask this site for. Added by listing it in Plugin.
 */
interface Command {

	/**
	 * Lower_snake, as on the wire.
	 */
	public function name(): string;

	/**
	 * @param array   $args    As sent; to be checked by the command.
	 * @param Context $context Of the batch: what is left of its time and size.
	 * @return array Data of the answer, a JSON object.
	 * @throws Command_Failure Where it can say why.
	 * @throws Throwable       Anything else makes this command fail, and no other.
	 */
	public function run( array $args, Context $context ): array;
}
