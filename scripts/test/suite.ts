import { readFileSync } from 'node:fs'
import { formatDuration } from '../lib/progress.ts'

/**
 * What one suite showed. `output` is what a person needs to see when it failed. Tests that cannot run in one environment name
 * themselves as skipped there; `ran` names the ones that did run.
 */
export type Outcome = { passed: number; failed: number; output: string; skipped?: string[]; ran?: string[] }
export type Suite = { name: string; run: () => Promise<Outcome> }

/** Runs a suite and prints its line, and everything it has to say when it failed. */
export async function runSuite({ name, run }: Suite): Promise<Outcome> {
  const begin = Date.now()
  const outcome = refuseNothing(await run().catch(toOutcome))
  const { passed, failed, skipped = [], output } = outcome
  const counts = [`${passed} passed`, ...count(failed, 'failed'), ...count(skipped.length, 'not for this one')].join(
    ', ',
  )
  const line = `${name.padEnd(34)} ${counts} (${formatDuration(Date.now() - begin)})`
  console.log(failed > 0 ? `FAILED ${line}\n${output.trimEnd()}\n` : `ok     ${line}`)
  return outcome
}

const count = (number: number, word: string): string[] => (number > 0 ? [`${number} ${word}`] : [])

/** Tests that were skipped wherever they could have run. */
export function findNeverRun(outcomes: Outcome[]): string[] {
  const ran = new Set(outcomes.flatMap((outcome) => outcome.ran ?? []))
  return [...new Set(outcomes.flatMap((outcome) => outcome.skipped ?? []))].filter((name) => !ran.has(name))
}

const toOutcome = (error: unknown): Outcome => ({
  passed: 0,
  failed: 1,
  output: error instanceof Error ? (error.stack ?? error.message) : String(error),
})

/** A suite without tests has failed: a wrong path must not look like success. */
function refuseNothing(outcome: Outcome): Outcome {
  if (outcome.passed + outcome.failed > 0) return outcome
  return { passed: 0, failed: 1, output: `No test ran.\n${outcome.output}` }
}

type VitestReport = {
  success: boolean
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
}

/** Reads vitest's JSON report. A skipped test counts as failed, and so does a file that could not be loaded. */
export function readVitestReport(file: string, output: string): Outcome {
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
  const skipped = report.numPendingTests + report.numTodoTests
  const failed = report.numFailedTests + skipped
  const note = skipped > 0 ? `${skipped} tests were skipped: no test here may be.\n` : ''
  return { passed: report.numPassedTests, failed: failed === 0 && !report.success ? 1 : failed, output: note + output }
}

/** Reads PHPUnit's JUnit log. */
export function readJunitReport(file: string, output: string): Outcome {
  const outcome = { passed: 0, failed: 0, output, skipped: [] as string[], ran: [] as string[] }
  const cases = readFileSync(file, 'utf8').matchAll(
    /<testcase name="([^"]*)" class="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs,
  )
  for (const [, test, group, content = ''] of cases) {
    const name = `${group}::${test}`
    if (content.includes('<skipped')) outcome.skipped.push(name)
    else outcome.ran.push(name)
    if (/<(?:error|failure|warning)\b/.test(content)) outcome.failed++
    else if (!content.includes('<skipped')) outcome.passed++
  }
  return outcome
}
