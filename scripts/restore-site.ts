/**
 * `npm run restore:site -- SITE --to TIME`: puts the items of one site back to a moment of the last 30 days. Says what it
 * would change, and does it with `--apply`. `--list`, `--undo ID`, `--rewind`: docs/operations.md.
 */
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { listOf } from '../src/contract/common.ts'
import { Rewound } from '../src/contract/operator.ts'
import { Restore, RestorePlan } from '../src/contract/restores.ts'
import { BackupError } from './backup/errors.ts'
import { failWith } from './backup/fail.ts'
import type { Operator } from './backup/operator.ts'
import { parse, PLACE_OPTIONS, readPlace } from './backup/options.ts'
import { openTarget } from './backup/target.ts'
import { stopEverything } from './lib/shutdown.ts'

const USAGE = `npm run restore:site -- SITE --to 2026-05-01T12:00:00Z [--newer trash] [--apply]
npm run restore:site -- SITE --list
npm run restore:site -- SITE --undo RESTORE
npm run restore:site -- SITE --to 2026-05-01T12:00:00Z --rewind     the whole object, by the platform
Of npm start, or with --env production|staging, or --url https://… and OPERATOR_TOKEN in the environment.`

const OPTIONS = {
  ...PLACE_OPTIONS,
  to: { type: 'string' },
  newer: { type: 'string', default: 'keep' },
  apply: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  undo: { type: 'string' },
  rewind: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof readArguments>['values']

const POLL_MS = 500
const Restores = z.lazy(() => listOf(Restore))

function readArguments() {
  const { values, positionals } = parse(process.argv.slice(2), OPTIONS, USAGE)
  const [site, ...rest] = positionals
  if (site === undefined || rest.length > 0) throw new BackupError(`Name one site.\n\n${USAGE}`)
  if (values.newer !== 'keep' && values.newer !== 'trash')
    throw new BackupError(`--newer is keep or trash.\n\n${USAGE}`)
  const isMomentNeeded = !values.list && values.undo === undefined
  if (isMomentNeeded && Number.isNaN(Date.parse(values.to ?? '')))
    throw new BackupError(`--to is a moment.\n\n${USAGE}`)
  return { site, values }
}

const list = (counts: object) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${typeof count === 'object' ? JSON.stringify(count) : String(count)}`)
    .join(', ')

function describe({ id, kind, state, to, undoes, counts }: Restore): string {
  const what = undoes === null ? `to ${to}` : `undoes ${undoes}`
  return `${id}  ${kind}  ${state}  ${what}: ${list(counts)}`
}

async function readAll(operator: Operator, path: string): Promise<Restore[]> {
  return (await operator.json(Restores, 'GET', `${path}/restores/`)).results
}

/** Waits until a restore has ended. */
async function follow(operator: Operator, path: string, { id }: Restore): Promise<void> {
  for (;;) {
    const found = (await readAll(operator, path)).find((one) => one.id === id)
    if (!found) throw new BackupError('The restore is not known any more.')
    if (found.state !== 'running') return console.log(describe(found))
    await pause(POLL_MS)
  }
}

async function plan(operator: Operator, path: string, request: { to: string; newer: string }): Promise<void> {
  const found = await operator.json(RestorePlan, 'GET', `${path}/restore-plan/?${new URLSearchParams(request)}`)
  console.log(`${list(found.counts)}${found.items.length > 0 ? '\n' : ''}`)
  for (const { id, title, change, code, fields } of found.items)
    console.log(`  ${change}${code === null ? '' : ` (${code})`}  ${id}  ${title}  ${fields.join(', ')}`)
  console.log('\nNothing was changed. --apply does it; --undo takes it back.')
}

async function rewind(operator: Operator, path: string, to: string): Promise<void> {
  const { bookmark } = await operator.json(Rewound, 'POST', `${path}/rewind/`, { to })
  console.log(`The object is as it was. The bookmark of before: ${bookmark}`)
}

async function work(operator: Operator, site: string, values: Values): Promise<void> {
  const path = `sites/${site}`
  if (values.list) return console.log((await readAll(operator, path)).map(describe).join('\n') || 'No restores.')
  if (values.undo !== undefined)
    return follow(operator, path, await operator.json(Restore, 'POST', `${path}/restores/${values.undo}/undo/`))
  const request = { to: new Date(values.to ?? '').toISOString(), newer: values.newer }
  if (values.rewind) return rewind(operator, path, request.to)
  if (!values.apply) return plan(operator, path, request)
  return follow(operator, path, await operator.json(Restore, 'POST', `${path}/restores/`, request))
}

async function main(): Promise<void> {
  const { site, values } = readArguments()
  const { operator, close } = await openTarget(readPlace(values, USAGE))
  try {
    await work(operator, site, values)
  } finally {
    await close()
  }
}

await main().catch(failWith)
await stopEverything()
