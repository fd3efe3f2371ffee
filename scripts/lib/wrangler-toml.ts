import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { ROOT } from './paths.ts'

/** wrangler.toml of a checkout, by default this one, as it is written. */
export const readWranglerToml = (root = ROOT): Record<string, unknown> =>
  parse(readFileSync(join(root, 'wrangler.toml'), 'utf8'))
