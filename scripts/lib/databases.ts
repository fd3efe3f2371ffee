import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
import * as z from 'zod'

const Config = z.looseObject({
  d1_databases: z.array(z.looseObject({ binding: z.string(), migrations_dir: z.string().default('migrations') })),
})

/** The D1 databases that a configuration of wrangler binds: their bindings, and the folders of their migrations. */
export function readDatabases(file: string): { binding: string; folder: string }[] {
  const text = readFileSync(file, 'utf8')
  const config: unknown = file.endsWith('.toml') ? parse(text) : JSON.parse(text)
  return Config.parse(config).d1_databases.map(({ binding, migrations_dir: folder }) => ({ binding, folder }))
}

/** The bindings of {@link readDatabases}. */
export const databaseBindings = (file: string): string[] => readDatabases(file).map(({ binding }) => binding)
