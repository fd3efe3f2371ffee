import * as z from 'zod'
import { DeployError } from './errors.ts'
import { refuseMove } from './jurisdiction.ts'
import { settingsPath } from './settings.ts'
import type { Plan, Progress, Step } from './state.ts'
import { accessOf } from './wrangler.ts'

const RIGHT = 'Account · D1 · Edit'
const Listed = z.looseObject({ uuid: z.string(), name: z.string() })
const Database = z.looseObject({
  uuid: z.string(),
  name: z.string(),
  jurisdiction: z.string().nullish(),
  read_replication: z.looseObject({ mode: z.string() }).nullish(),
})
type Database = z.infer<typeof Database>
const Answer = z.array(z.looseObject({ results: z.array(z.record(z.string(), z.unknown())) }))

const pathOf = (progress: Progress, rest = '') => `/accounts/${accessOf(progress).account}/d1/database${rest}`

/** Path of a database in the API. */
export const queryPath = (progress: Progress, id: string) => pathOf(progress, `/${id}`)

async function findByName(plan: Plan, progress: Progress, name: string): Promise<string | null> {
  const path = pathOf(progress, `?name=${encodeURIComponent(name)}`)
  // the platform's filter is a search
  const found = (await accessOf(progress).api.list({ schema: Listed, path, right: RIGHT }, 100)).filter(
    (one) => one.name === name,
  )
  if (found.length <= 1) return found[0]?.uuid ?? null
  const ids = found.map(({ uuid }) => `  ${uuid}`).join('\n')
  throw new DeployError(
    `The account has ${found.length} databases named ${name}. Choose one: set ids.DB in
${settingsPath(plan.options.environment)} to one of the following. Nothing was changed.\n${ids}`,
  )
}

async function open(progress: Progress, id: string): Promise<Database> {
  const found = await accessOf(progress).api.find({ schema: Database, path: pathOf(progress, `/${id}`), right: RIGHT })
  if (found) return found
  throw new DeployError(`There is no database ${id}, which the settings or wrangler.toml name. Nothing was changed.`)
}

export interface DatabaseBinding {
  binding: string
  name: string
  /** Set by the settings or by wrangler.toml. */
  id: string | undefined
  /** Folder of its migrations. */
  migrations: string
}

/** The id of a database that is there. @throws DeployError if there is none */
export async function findDatabase(plan: Plan, progress: Progress, { name, id }: DatabaseBinding): Promise<string> {
  const there = id ?? (await findByName(plan, progress, name))
  if (there !== null) return there
  throw new DeployError(`There is no database ${name}: run npm run deploy first.`)
}

/** Finds the database or makes it. */
export function ensureDatabase(plan: Plan, progress: Progress, { binding, name, id }: DatabaseBinding): Step {
  const body = { name, ...(plan.settings.jurisdiction && { jurisdiction: plan.settings.jurisdiction }) }
  return {
    title: `D1 database ${name}`,
    plan: id
      ? [`GET …/d1/database/${id}: stop if there is none, or in another jurisdiction.`]
      : [
          `GET …/d1/database?name=${name}: stop if there are two, or one in another jurisdiction.`,
          `If there is none: POST …/d1/database ${JSON.stringify(body)}`,
        ],
    async run() {
      const there = id ?? (await findByName(plan, progress, name))
      if (there !== null) {
        const database = await open(progress, there)
        // answers without the field come from a platform that knows no jurisdictions
        if (database.jurisdiction !== undefined) refuseMove(plan, `Database ${name}`, database.jurisdiction)
        progress.ids.set(binding, there)
        return `is there: ${there}`
      }
      const call = { schema: Listed, path: pathOf(progress), right: RIGHT, method: 'POST' as const, body }
      const { uuid } = await accessOf(progress).api.call(call)
      progress.ids.set(binding, uuid)
      return `made: ${uuid}`
    },
  }
}

/** Switches read replication on or off. Every query already runs in a session: src/db/client.ts. */
export function replicateDatabase(plan: Plan, progress: Progress, { binding, name }: DatabaseBinding): Step {
  const mode = plan.settings.read_replication ? 'auto' : 'disabled'
  return {
    title: `Read replication of ${name}`,
    plan: [`Unless it is ${mode}: PATCH …/d1/database/{id} {"read_replication":{"mode":"${mode}"}}`],
    async run() {
      const id = progress.ids.get(binding) ?? ''
      const now = (await open(progress, id)).read_replication?.mode ?? 'disabled'
      if (now === mode) return `is ${mode}`
      const body = { read_replication: { mode } }
      const path = pathOf(progress, `/${id}`)
      await accessOf(progress).api.call({ schema: z.unknown(), path, right: RIGHT, method: 'PATCH', body })
      return `now ${mode}`
    },
  }
}

/** Rows that a statement reads. */
export async function queryDatabase(progress: Progress, binding: string, sql: string) {
  const path = pathOf(progress, `/${progress.ids.get(binding) ?? ''}/query`)
  const call = { schema: Answer, path, right: RIGHT, method: 'POST' as const, body: { sql } }
  return (await accessOf(progress).api.call(call))[0]?.results ?? []
}

/** Whether somebody has signed up: from then on, lost secrets mean lost data. */
export async function hasAccounts(progress: Progress): Promise<boolean> {
  const has = async (sql: string) => (await queryDatabase(progress, 'DB', sql)).length > 0
  return (
    (await has("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'accounts'")) &&
    (await has('SELECT 1 FROM accounts LIMIT 1'))
  )
}
