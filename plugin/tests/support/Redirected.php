<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use RuntimeException;

/**
 * Thrown where WordPress would redirect and end the request. The message is the address.
 */
final class Redirected extends RuntimeException {
}
