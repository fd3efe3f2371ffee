<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use RuntimeException;

/**
 * Thrown in place of a redirect that would end the request. The message is the URL.
 */
final class Redirected extends RuntimeException {
}
