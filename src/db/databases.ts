import { type DbSession, openDatabase } from './client.ts'
import { shardNames } from './events/shards.ts'
import type { Measure } from './measured.ts'

/** The binding of the control database. */
export const CONTROL = 'DB'

/** The bindings of all D1 databases: the control database, then the event databases. */
export const databaseNames = (env: object): string[] => [CONTROL, ...shardNames(env)]

/** All D1 databases, one by one: for backups and restores. Everything else asks for what it needs of an account. */
export interface Databases {
  names: () => readonly string[]
  /** @returns null if none is bound under this name */
  open: (name: string) => DbSession | null
}

export const openByName = (env: object, measure?: Measure): Databases => ({
  names: () => databaseNames(env),
  open: (name) =>
    databaseNames(env).includes(name)
      ? openDatabase(Reflect.get(env, name) as D1Database, 'first-primary', measure)
      : null,
})
