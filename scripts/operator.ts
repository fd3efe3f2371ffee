/**
 * `npm run operator -- grant ada@example.com`, `revoke`, `list`: the people who operate a deployment. docs/operations.md,
 * "The operator's page".
 */
import * as z from 'zod'
import { listOf } from '../src/contract/common.ts'
import { Operator as Person } from '../src/contract/operator-page.ts'
import { BackupError } from './backup/errors.ts'
import { failWith } from './backup/fail.ts'
import type { Operator } from './backup/operator.ts'
import { parse, PLACE_OPTIONS, readPlace } from './backup/options.ts'
import { openTarget } from './backup/target.ts'
import { stopEverything } from './lib/shutdown.ts'

const USAGE = `npm run operator -- grant ada@example.com
npm run operator -- revoke ada@example.com
npm run operator -- list
Of npm start, or with --env production|staging, or --url https://… and OPERATOR_TOKEN in the environment.`

const People = z.lazy(() => listOf(Person))

function readArguments() {
  const { values, positionals } = parse(process.argv.slice(2), PLACE_OPTIONS, USAGE)
  const [verb, email, ...rest] = positionals
  if (verb === 'list' && email === undefined) return { values, verb, email: '' } as const
  if ((verb === 'grant' || verb === 'revoke') && email !== undefined && rest.length === 0)
    return { values, verb, email: email.toLowerCase() } as const
  throw new BackupError(`Say what to do, and whose e-mail address.\n\n${USAGE}`)
}

const read = async (operator: Operator) => (await operator.json(People, 'GET', 'operators/')).results

const describe = ({ email, name, user_id: id, granted_at: since }: Person) => `${email}  ${name}  ${id}  since ${since}`

async function revoke(operator: Operator, email: string): Promise<void> {
  const person = (await read(operator)).find((one) => one.email === email)
  if (!person) throw new BackupError(`${email} is no operator.`)
  await operator.call('DELETE', `operators/${person.user_id}/`)
  console.log(`${email} is no operator any more, in all of their sessions.`)
}

async function work(operator: Operator, { verb, email }: Pick<ReturnType<typeof readArguments>, 'verb' | 'email'>) {
  if (verb === 'list') return console.log((await read(operator)).map(describe).join('\n') || 'No operators.')
  if (verb === 'revoke') return revoke(operator, email)
  const granted = await operator.json(Person, 'POST', 'operators/', { email })
  return console.log(`${describe(granted)}\nTheir page: ${operator.url}/operator`)
}

async function main(): Promise<void> {
  const { values, verb, email } = readArguments()
  const { operator, close } = await openTarget(readPlace(values, USAGE))
  try {
    await work(operator, { verb, email })
  } finally {
    await close()
  }
}

await main().catch(failWith)
await stopEverything()
