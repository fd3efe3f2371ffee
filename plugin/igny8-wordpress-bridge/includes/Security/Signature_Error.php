<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

use RuntimeException;

/**
 * A message without a valid signature. The exception's message is the code.
 */
final class Signature_Error extends RuntimeException {

	public const MISSING = 'signature_missing';

	public const OUT_OF_RANGE = 'timestamp_out_of_range';

	public const INVALID = 'signature_invalid';
}
