import { beforeAll, describe, expect, test } from 'vitest'
import { connectWordPress, itemOf, playWordPress, quiet, syncSite, type ContentSite } from '../support/content.ts'
import { createTestKey, signUpPerson, type Person } from '../support/identity.ts'
import { lastEvent } from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'

let owner: Person

beforeAll(async () => {
  playWordPress()
  owner = await signUpPerson()
})

const startDriftCheck = (site: ContentSite, token = site.key) => call(`POST ${site.path}/check-drift/`, { token })
const readDriftCheck = async (site: ContentSite) => {
  const { body } = await call(`GET ${site.path}/content-types/`, { token: site.key })
  return { all: body.drift_check, post: body.post_types.post.drift_check, page: body.post_types.page.drift_check }
}

async function driftChecked(site: ContentSite) {
  const started = await startDriftCheck(site)
  expect(started.status).toBe(202)
  expect(started.body).toMatchObject({ direction: 'drift_check', status: 'queued' })
  const run = await quiet(site)
  expect(run).toMatchObject({ id: started.body.id, direction: 'drift_check', status: 'succeeded' })
  return run
}

describe('a drift check', () => {
  test('T27 finds and repairs what SQL has changed, says so, and then proves that both sides are equal', async () => {
    const site = await connectWordPress({ owner })
    const post = site.model.createPost({ title: 'Before', status: 'publish', modifiedS: 1_700_000_000 })
    site.model.createPost({ type: 'page', title: 'A page', status: 'publish' })
    await syncSite(site)
    expect((await readDriftCheck(site)).all).toMatchObject({ state: 'never', at: null, root: null })
    site.model.editBehindItsBack(post.id, { title: 'Changed by SQL' })

    expect(await driftChecked(site)).toMatchObject({ counts: { updated: 1, failed: 0 } })
    expect(await itemOf(site, post.id)).toMatchObject({ title: 'Changed by SQL', state: 'synced' })
    const repaired = await readDriftCheck(site)
    expect(repaired.all).toMatchObject({ state: 'repaired', checked: 2, differing: 1, repaired: 1 })
    expect(repaired.all.requests).toBeGreaterThan(0)
    expect(repaired.all.requests).toBeLessThanOrEqual(10)
    expect(repaired.all.bytes).toBeGreaterThan(0)
    expect(repaired.post).toMatchObject({ state: 'repaired', checked: 1, differing: 1, repaired: 1 })
    expect(repaired.page).toMatchObject({ state: 'equal', checked: 1, differing: 0 })
    expect(await lastEvent(site.integrationId, 'drift_check')).toMatchObject({
      success: true,
      direction: 'drift_check',
      counts: { checked: 2, differing: 1, repaired: 1 },
      detail: expect.stringContaining('1 of 2 posts differed and were repaired, root '),
    })

    await driftChecked(site)
    const equal = await readDriftCheck(site)
    expect(equal.all).toMatchObject({ state: 'equal', differing: 0, root: repaired.all.root })
    const events = await call(`GET ${site.path}/events/?direction=drift_check`, { token: site.key })
    expect(events.body.results).toHaveLength(2)
  })

  test('is one at a time: whoever asks meanwhile gets the same', async () => {
    const site = await connectWordPress({ owner })
    const answers = await Promise.all(Array.from({ length: 10 }, () => startDriftCheck(site)))
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(202))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    await quiet(site)
  })

  test('that fails says why and keeps the result of the last one', async () => {
    const site = await connectWordPress({ owner })
    await driftChecked(site)
    const before = await readDriftCheck(site)
    site.model.faults = { command: ({ name }) => (name === 'digest' ? { kind: 'error', code: 'internal' } : null) }
    await startDriftCheck(site)
    await expect
      .poll(() => lastEvent(site.integrationId, 'drift_check'), { timeout: 5_000 })
      .toMatchObject({ success: false, code: 'command_failed' })
    expect(await readDriftCheck(site)).toEqual(before)
  })

  test('is refused where syncing is switched off, to strangers, and for other sites', async () => {
    const site = await connectWordPress({ owner })
    const stranger = await connectWordPress()
    expect(refusal(await startDriftCheck(site, stranger.key))).toEqual([404, 'integration_not_found'])
    const { key } = await createTestKey(owner, site.siteId, { scopes: ['integration:read'] })
    expect((await startDriftCheck(site, key)).status).toBe(403)
    expect((await call(`POST ${site.path}/check-drift/`)).status).toBe(401)
    await call(`PATCH ${site.path}/`, { token: owner.token, body: { sync_enabled: false } })
    expect(refusal(await startDriftCheck(site))).toEqual([409, 'sync_disabled'])
  })
})
