<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

defined( 'ABSPATH' ) || exit;

use RuntimeException;

/**
 * A message without a valid signature. The exception's message is the code.
 */
final class Signature_Error extends RuntimeException {

	public const MISSING = 'signature_missing';

	public const OUT_OF_RANGE = 'timestamp_out_of_range';

	public const INVALID = 'signature_invalid';

	public static function missing(): self {
		return new self( self::MISSING );
	}

	public static function out_of_range(): self {
		return new self( self::OUT_OF_RANGE );
	}

	public static function invalid(): self {
		return new self( self::INVALID );
	}
}
