import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WordPress } from './types.ts'

/** Puts PHP before everything that WordPress does, until it is called with null. */
export function disturb({ root }: WordPress, php: string | null): void {
  const file = join(root, 'wp-content/mu-plugins/00-disturb.php')
  if (php === null) rmSync(file, { force: true })
  else writeFileSync(file, `<?php\n${php}\n`)
}
