<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

/**
 * Looks at one part of this site. Changes nothing.
 */
interface Check {

	/**
	 * @return Finding[]
	 */
	public function run(): array;
}
