<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

use RuntimeException;

/**
 * A message whose sender is not proven. The message of the exception is its code.
 */
final class Signature_Error extends RuntimeException {

	public const MISSING = 'signature_missing';

	public const OUT_OF_RANGE = 'timestamp_out_of_range';

	public const INVALID = 'signature_invalid';
}
