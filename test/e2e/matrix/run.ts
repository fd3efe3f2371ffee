import { expect } from 'vitest'
import { disturb } from '../../../scripts/wordpress/disturb.ts'
import { waitFor } from '../../../scripts/lib/wait.ts'
import type { World } from '../support/world.ts'
import { expectContentToPass } from './content.ts'
import { type Desk, type Integration, type Report, openDesk } from './desk.ts'
import type { Lab } from './lab.ts'
import type { SetUp } from './set-up.ts'
import type { Row } from './table.ts'

const RUN_MS = 30_000

/** Brings a set-up about; gives what undoes it. */
export async function arrange(lab: Lab, setUp: SetUp): Promise<() => Promise<void>> {
  const { guise, proxy, php, everywhere, begin, end, define } = setUp
  if (begin) await lab.run(begin)
  if (php) disturb(lab.wordpress, everywhere ? php : `if ( defined( 'IGNY8_LAB' ) ) { return; }\n${php}`)
  if (define) lab.wordpress.define(define(lab.url).on)
  const undo = setUp.arrange?.(lab)
  lab.front.guise = guise?.(lab.front) ?? {}
  const started = await proxy?.(lab.front.target)
  lab.front.via = started?.port ?? null
  return async () => {
    lab.front.guise = {}
    lab.front.via = null
    await started?.stop()
    undo?.()
    if (define) lab.wordpress.define(define(lab.url).off)
    if (php) disturb(lab.wordpress, null)
    if (end) await lab.run(end)
  }
}

/** What becomes of a site that is connected when this happens to it, and what the doctor says of it. */
export async function befall(world: World, lab: Lab, setUp: SetUp): Promise<Pick<Row, 'becomes' | 'doctor'>> {
  const desk = openDesk(world, lab)
  const undo = await arrange(lab, setUp)
  try {
    if (setUp.address) await desk.lookAt(setUp.address(lab.front))
    await desk.check()
    const [state, report] = [await desk.integration(), await desk.diagnose()]
    return { becomes: describeState(state), doctor: describeReport(report) }
  } finally {
    await undo()
    if (setUp.address) await desk.lookAt(lab.url)
  }
}

/** How a site connects under a set-up, from nothing; one that does is synced both ways. */
export async function connectUnder(world: World, lab: Lab, setUp: SetUp): Promise<string> {
  if (setUp.mayConnect === false) return '–'
  const desk = openDesk(world, lab)
  if (setUp.address) {
    await lab.disconnect()
    await lab.moveTo(setUp.address(lab.front))
  }
  const undo = await arrange(lab, setUp)
  try {
    const theirs = `Theirs: ${setUp.name}`
    const refusal = await lab.connect(theirs)
    if (refusal) {
      expect(refusal.advice).toMatch(/\w{3}/)
      return `no: \`${refusal.code}\``
    }
    const { transport } = await desk.integration()
    await syncBothWays(lab, desk, theirs, transport === 'polling')
    if (setUp.proxy && transport !== 'polling') await expectContentToPass(desk, `An article: ${setUp.name}`)
    return transport === 'polling' ? 'by polling' : 'directly'
  } finally {
    await undo()
    if (setUp.address) await lab.moveTo(lab.url)
  }
}

/** One post there, one here, one sync: both sides have both, each once. */
export async function syncBothWays(lab: Lab, desk: Desk, theirs: string, isPolling: boolean): Promise<void> {
  const ours = theirs.replace('Theirs', 'Ours')
  await desk.write(ours)
  const { id } = await desk.start()
  const run = await waitFor('the end of the sync', RUN_MS, async () => {
    if (isPolling) await lab.poll()
    const last = await desk.lastRun()
    return last?.id === id ? last : undefined
  })
  expect(run).toMatchObject({ status: 'succeeded', counts: { failed: 0, conflicts: 0 } })
  const items = await desk.items()
  for (const title of [theirs, ours])
    expect(items.filter((item) => item.title === title).map(({ state }) => state)).toEqual(['synced'])
}

/** A diagnosis in a cell of the table: what is wrong or worth knowing, the worst first. */
function describeReport({ verdict, findings }: Report): string {
  const told = findings.filter(({ severity }) => severity !== 'ok')
  for (const { code, fix, evidence, severity } of told) {
    if (severity === 'error' || severity === 'warning')
      expect([code, fix]).toEqual([code, expect.stringMatching(/\w{3}/)])
    expect([code, evidence.join()]).toEqual([code, expect.stringMatching(/\w/)])
  }
  const named = told.map(({ layer, code }) => `${layer} (\`${code}\`)`)
  return [...(verdict === 'healthy' ? ['healthy'] : []), ...named].join(', ')
}

/** A state in a cell of the table. */
function describeState({ health: { state, reason } }: Integration): string {
  if (reason) expect([reason.code, reason.fix]).toEqual([reason.code, expect.stringMatching(/\w{3}/)])
  return reason ? `${state}: \`${reason.code}\`` : state
}
