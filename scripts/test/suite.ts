import { readFileSync } from 'node:fs'
import { formatDuration } from '../lib/progress.ts'

/** What one suite showed. `output` is what a person needs to see when it failed. */
export type Outcome = { passed: number; failed: number; output: string }
export type Suite = { name: string; run: () => Promise<Outcome> }

/** Runs a suite and prints its line, and everything it has to say when it failed. */
export async function runSuite({ name, run }: Suite): Promise<Outcome> {
  const begin = Date.now()
  const outcome = refuseNothing(await run().catch(toOutcome))
  const counts = `${outcome.passed} passed${outcome.failed > 0 ? `, ${outcome.failed} failed` : ''}`
  const line = `${name.padEnd(34)} ${counts} (${formatDuration(Date.now() - begin)})`
  console.log(outcome.failed > 0 ? `FAILED ${line}\n${outcome.output.trimEnd()}\n` : `ok     ${line}`)
  return outcome
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

/** Reads PHPUnit's JUnit log. A skipped test counts as failed. */
export function readJunitReport(file: string, output: string): Outcome {
  const [suite = ''] = /<testsuite [^>]*>/.exec(readFileSync(file, 'utf8')) ?? []
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0)
  const failed = count('errors') + count('failures') + count('skipped')
  const note = count('skipped') > 0 ? `${count('skipped')} tests were skipped: no test here may be.\n` : ''
  return { passed: count('tests') - failed, failed, output: note + output }
}
