<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use RuntimeException;

/**
 * The post was changed since it was compared. Nothing was written.
 */
final class Stale_Write extends RuntimeException {
}
