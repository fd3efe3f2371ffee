<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

/**
 * Checks one part of this site. Changes nothing.
 */
interface Check {

	/**
	 * @return Finding[]
	 */
	public function run(): array;
}
