import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { unzipSync } from 'fflate'

/** Extracts a zip into `folder`, leaving out the first `strip` folders of every path. */
export function extractZip(zip: Uint8Array, folder: string, strip = 0): void {
  for (const [name, content] of Object.entries(unzipSync(zip))) {
    const path = name.split('/').slice(strip).join('/')
    if (path === '' || path.endsWith('/')) continue
    const target = join(folder, path)
    if (!target.startsWith(folder + sep)) throw new Error(`zip entry outside of its folder: ${name}`)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
  }
}
