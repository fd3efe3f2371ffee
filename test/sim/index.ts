/**
 * `npm run sim -- --seeds 10000 --from 1`: plays seeds of the simulator and names those that do not converge.
 * `--polling`: by polling. `--no-drift-check`: all seeds without drift checks; by default only the even ones are.
 */
import { parseArgs } from 'node:util'
import { playSeed } from './scenario.ts'

// the engine logs every run, and the faults that the simulator causes
console.warn = () => undefined
console.info = () => undefined
const say = (line: string) => process.stdout.write(`${line}\n`)

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    polling: { type: 'boolean', default: false },
    'no-drift-check': { type: 'boolean', default: false },
  },
})
const [count, from] = [Number(values.seeds), Number(values.from)]
const options = values['no-drift-check'] ? { hasDriftChecks: false } : {}
const flags = `${values.polling ? ' --polling' : ''}${values['no-drift-check'] ? ' --no-drift-check' : ''}`
const totals = { kills: 0, requests: 0, items: 0 }
const startedAt = Date.now()
let failed = 0
for (let seed = from; seed < from + count; seed++) {
  try {
    const { problems, kills, requests, items } = await playSeed(seed, values.polling ? 'polling' : 'direct', options)
    totals.kills += kills
    totals.requests += requests
    totals.items += items
    if (problems.length === 0) continue
    console.error(`seed ${seed}: ${problems.join('\n  ')}`)
  } catch (error) {
    console.error(`seed ${seed}:`, error)
  }
  failed++
  console.error(`again: npm run sim -- --seeds 1 --from ${seed}${flags}`)
}
const seconds = Math.round((Date.now() - startedAt) / 1000)
say(`${totals.kills} kills, ${totals.requests} requests, ${totals.items} items in ${seconds} s`)
say(`${count - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
