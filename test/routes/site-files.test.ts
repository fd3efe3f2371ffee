import { beforeAll, describe, expect, test, vi } from 'vitest'
import { eq } from 'drizzle-orm'
import { syncEvents } from '../../src/db/events/schema.ts'
import { auditLog } from '../../src/db/schema/index.ts'
import { Seal } from '../../src/services/export/seal.ts'
import {
  connectWordPress,
  content,
  createShared,
  patchItem,
  playWordPress,
  readItem,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { addMember, createTestSite, inAccount, refusal, signUpPerson, type Person } from '../support/identity.ts'
import { d1, eventsD1 } from '../support/integration.ts'
import { call } from '../support/openapi.ts'

type Line = Record<string, unknown>

beforeAll(playWordPress)

const filesOf = (siteId: string) => `/api/v1/sites/${siteId}`
const exportLines = async ({ siteId, owner }: { siteId: string; owner: Person }): Promise<Line[]> => {
  const { status, body } = await call(`POST ${filesOf(siteId)}/export/`, { token: owner.token })
  expect(status).toBe(200)
  return body
}
const textOf = (lines: readonly Line[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('')
const ofKind = (lines: readonly Line[], kind: string) => lines.filter((line) => line['kind'] === kind)

/** A file of these lines, with checks and an end. */
async function fileOf(lines: readonly Line[]): Promise<string> {
  const seal = new Seal()
  const block = await seal.block(textOf(lines.filter(({ kind }) => kind !== 'check' && kind !== 'end')))
  return block + seal.end(0)
}

const HEAD = {
  kind: 'export',
  version: 1,
  of: 'site',
  exported_at: '2026-12-01T00:00:00.000Z',
  site: { id: 'site_x', name: 'X', url: 'https://x.example.com' },
  site_url: 'https://x.example.com',
}

const DOC = {
  title: 'T',
  body: '',
  excerpt: '',
  slug: 't',
  status: 'draft',
  date: null,
  parent: null,
  author: null,
  terms: {},
  meta: {},
  featured: null,
}
const ITEM = {
  kind: 'item',
  id: 'item_of_the_file',
  site_id: 'site_x',
  type: 'post',
  state: 'local_ahead',
  revision: 1,
  deletion: null,
  external_id: null,
  external_url: null,
  etag: null,
  modified: null,
  conflict_fields: [],
  conflict_since: null,
  error: null,
  builder: null,
  seo_provider: null,
  protected: false,
  listed: true,
  published_late_at: null,
  stale_save: null,
  updated_at: '2026-12-01T00:00:00.000Z',
  igny8: DOC,
  base: null,
  wordpress: null,
  conflict_wordpress: null,
}

interface Importing {
  siteId: string
  owner: Person
}

async function start({ siteId, owner }: Importing, body: object = {}) {
  const { status, body: started } = await call(`POST ${filesOf(siteId)}/import/`, { token: owner.token, body })
  expect(status).toBe(201)
  return started.id as string
}

const sendPart = (
  { siteId, owner }: Importing,
  id: string,
  part: number,
  lines: string | Uint8Array<ArrayBuffer>,
  headers = {},
) => call(`PUT ${filesOf(siteId)}/import/${id}/parts/${part}/`, { token: owner.token, lines, headers })
const apply = ({ siteId, owner }: Importing, id: string) =>
  call(`POST ${filesOf(siteId)}/import/${id}/apply/`, { token: owner.token })
const state = ({ siteId, owner }: Importing) => call(`GET ${filesOf(siteId)}/import/`, { token: owner.token })

/** Imports a file to its end. */
async function importFile(site: Importing, file: string, options: object = {}) {
  const id = await start(site, options)
  expect((await sendPart(site, id, 1, file)).body).toMatchObject({ state: 'whole' })
  expect((await apply(site, id)).status).toBe(202)
  return vi.waitFor(async () => {
    const { body } = await state(site)
    expect(body.state).toBe('done')
    return body
  })
}

async function newSite(url?: string): Promise<Importing> {
  const owner = await signUpPerson()
  return { owner, siteId: await createTestSite(owner, url) }
}

describe('the export of a site', () => {
  let site: ContentSite
  beforeAll(async () => {
    site = await connectWordPress()
  })

  test('has its items, settings, terms and events, no secret, and proves that it is whole', async () => {
    await createShared(site, { title: 'A title', body: 'The marker text', terms: { category: ['News'] } })
    const lines = await exportLines(site)
    expect(lines[0]).toMatchObject({
      kind: 'export',
      version: 1,
      of: 'site',
      site: { id: site.siteId },
      site_url: site.model.url,
    })
    expect(ofKind(lines, 'item')).toEqual([
      expect.objectContaining({
        igny8: expect.objectContaining({ title: 'A title', body: 'The marker text' }),
        base: 'igny8',
      }),
    ])
    expect(ofKind(lines, 'term')).toContainEqual(expect.objectContaining({ taxonomy: 'category', name: 'News' }))
    for (const kind of ['site', 'integration', 'sync_event']) expect(ofKind(lines, kind).length).toBeGreaterThan(0)
    const counted = Object.groupBy(lines, ({ kind }) => String(kind))
    const end = lines.at(-1) as { kind: string; lines: number; counts: Record<string, number>; complete: boolean }
    expect(end).toMatchObject({ kind: 'end', complete: true, lines: lines.length })
    for (const [kind, count] of Object.entries(end.counts)) expect([kind, counted[kind]?.length]).toEqual([kind, count])
    const text = JSON.stringify(lines)
    for (const secret of [site.key, site.model.signingSecret, site.owner.token]) expect(text).not.toContain(secret)
    const records = await d1().select().from(auditLog).where(eq(auditLog.accountId, site.owner.accountId))
    expect(records.map(({ action, entityId }) => [action, entityId])).toContainEqual(['site.exported', site.siteId])
  })

  test('has nothing of another site', async () => {
    const other = await connectWordPress({ owner: site.owner })
    await createShared(other, { title: 'Of the other' })
    const text = JSON.stringify(await exportLines(site))
    for (const theirs of ['Of the other', other.siteId, other.integrationId]) expect(text).not.toContain(theirs)
  })

  test('imported into the same site changes nothing, and the next sync neither', async () => {
    const before = await readItem(site, String(ofKind(await exportLines(site), 'item')[0]?.['id']))
    const done = await importFile(site, textOf(await exportLines(site)), { replace: true, settings: true })
    expect(done.counts).toMatchObject({ created: 0, replaced: 0, unchanged: 1 })
    expect(done.counts.refused).toMatchObject({ comes_from_site: expect.any(Number), is_record: expect.any(Number) })
    expect(await readItem(site, before.id)).toEqual(before)
    expect(await syncSite(site)).toMatchObject({ counts: { created: 0, updated: 0, deleted: 0, conflicts: 0 } })
  })
})

describe('an import', () => {
  test('into another site brings its items over, unlinked, and the sync sends them', async () => {
    const from = await connectWordPress()
    await createShared(from, { title: 'Moves house', meta: { colour: 'red' } })
    const file = textOf(await exportLines(from))
    const to = await connectWordPress({ twoWay: true })
    const done = await importFile(to, file, { settings: true })
    expect(done).toMatchObject({ is_same_site: false, counts: { created: 1, linked: 0 } })
    const [{ id }] = (await content(to, 'GET')).body.results
    await vi.waitFor(async () =>
      expect(await readItem(to, id)).toMatchObject({ title: 'Moves house', state: 'synced' }),
    )
    expect(to.model.site.posts.byId('post').map(({ title }) => title)).toEqual(['Moves house'])
    const events = await eventsD1().select().from(syncEvents).where(eq(syncEvents.integrationId, to.integrationId))
    const event = events.find(({ action }) => action === 'import')
    expect(event).toMatchObject({ actor: `user:${to.owner.userId}`, counts: { created: 1 } })
    const records = await d1().select().from(auditLog).where(eq(auditLog.accountId, to.owner.accountId))
    expect(records.map(({ action }) => action)).toContain('site.imported')
  })

  test('names what differs, page by page, and replaces it as an edit if that is asked for', async () => {
    const site = await connectWordPress()
    const { item } = await createShared(site, { title: 'As it was' })
    const file = textOf(await exportLines(site))
    await patchItem(site, item.id, { title: 'Newer work' })
    const kept = await importFile(site, file)
    expect(kept.counts).toMatchObject({ unchanged: 0, refused: { differs: 1 } })
    expect(await readItem(site, item.id)).toMatchObject({ title: 'Newer work' })
    const refusals = await call(`GET ${filesOf(site.siteId)}/import/refusals/?limit=1`, { token: site.owner.token })
    expect(refusals.body.results).toEqual([
      expect.objectContaining({ kind: 'integration', code: 'settings_not_chosen' }),
    ])
    const next = await call(`GET ${filesOf(site.siteId)}/import/refusals/?cursor=${refusals.body.next}`, {
      token: site.owner.token,
    })
    expect(next.body).toEqual({
      results: [{ line: expect.any(Number), kind: 'item', item_id: item.id, title: 'As it was', code: 'differs' }],
      next: null,
    })
    expect((await importFile(site, file, { replace: true })).counts).toMatchObject({ replaced: 1 })
    expect(await readItem(site, item.id)).toMatchObject({ title: 'As it was', revision: item.revision + 2 })
  })

  test('takes settings over that the site knows, and names the others', async () => {
    const site = await connectWordPress()
    const line = {
      kind: 'integration',
      config: { conflict_policy: 'igny8', author_map: { Ada: 3 } },
      content_types: { post_types: { post: { enabled: false }, unheard_of: { enabled: true } } },
    }
    const done = await importFile(site, await fileOf([HEAD, line]), { settings: true })
    expect(done.counts.refused).toEqual({ type_unknown: 1 })
    const { body } = await call(`GET ${site.path}/`, { token: site.owner.token })
    expect(body.config_json).toMatchObject({ conflict_policy: 'igny8', author_map: { Ada: 3 } })
    const types = await call(`GET ${site.path}/content-types/`, { token: site.owner.token })
    expect(types.body.post_types.post.enabled).toBe(false)
    const unconnected = await newSite()
    expect((await importFile(unconnected, await fileOf([HEAD, line]), { settings: true })).counts.refused).toEqual({
      no_integration: 1,
    })
  })

  test('comes in parts, each once, and only what is whole is carried out', async () => {
    const site = await newSite()
    const seal = new Seal()
    const parts = [await seal.block(textOf([HEAD])), await seal.block(textOf([ITEM])), seal.end(0)]
    const id = await start(site)
    expect(refusal(await sendPart(site, id, 2, parts[1] ?? ''))).toEqual([409, 'part_out_of_order'])
    for (const [index, part] of parts.slice(0, 2).entries())
      for (const _ of [1, 2])
        expect((await sendPart(site, id, index + 1, part)).body).toMatchObject({ next_part: index + 2 })
    expect(refusal(await apply(site, id))).toEqual([400, 'file_incomplete'])
    expect((await content(site as never, 'GET', undefined, site.owner.token)).status).toBe(404)
    expect((await call(`GET ${filesOf(site.siteId)}/content/`, { token: site.owner.token })).body.results).toEqual([])
    expect((await sendPart(site, id, 3, parts[2] ?? '')).body).toMatchObject({ state: 'whole' })
    expect((await apply(site, id)).status).toBe(202)
    expect((await apply(site, id)).status).toBe(202)
    await vi.waitFor(async () => expect((await state(site)).body.state).toBe('done'))
    expect((await call(`GET ${filesOf(site.siteId)}/content/`, { token: site.owner.token })).body.results).toHaveLength(
      1,
    )
    expect(refusal(await apply(site, 'imp_other'))).toEqual([404, 'import_not_found'])
  })

  test('is dropped on demand, and unknown before the first', async () => {
    const site = await newSite()
    expect(refusal(await state(site))).toEqual([404, 'import_not_found'])
    const drop = () => call(`DELETE ${filesOf(site.siteId)}/import/`, { token: site.owner.token })
    expect(refusal(await drop())).toEqual([404, 'import_not_found'])
    const id = await start(site)
    expect((await drop()).status).toBe(204)
    expect(refusal(await sendPart(site, id, 1, await fileOf([HEAD])))).toEqual([404, 'import_not_found'])
  })
})

describe('a file that is refused changes nothing, and its line is named', () => {
  let site: Importing
  let good: string
  beforeAll(async () => {
    site = await newSite()
    good = await fileOf([HEAD, ITEM])
  })

  const replaceLine = (text: string, index: number, line: string) =>
    text.split('\n').toSpliced(index, 1, line).join('\n')
  const CASES: [name: string, file: (good: string) => Promise<string> | string, code: string, detail: RegExp][] = [
    ['cut within a line', (text) => text.slice(0, -40), 'file_damaged', /within line 4/],
    [
      'cut within a block',
      (text) => `${text.split('\n').slice(0, 2).join('\n')}\n`,
      'file_damaged',
      /line 2, within a block/,
    ],
    ['a changed text', (text) => text.replace('"title":"T"', '"title":"U"'), 'file_damaged', /Lines 1 to 3/],
    [
      'a forged digest',
      (text) => text.replace(/"sum":"[0-9a-f]{8}/, '"sum":"00000000'),
      'file_damaged',
      /Lines 1 to 3/,
    ],
    [
      'a digest that is none',
      (text) => text.replace(/"sum":"[0-9a-f]{64}"/, '"sum":"x"'),
      'file_line_invalid',
      /^Line 3: not a check/,
    ],
    [
      'a forged end',
      (text) => text.replace(/"sum":"[0-9a-f]{8}([0-9a-f]{56})"}\n$/, '"sum":"00000000$1"}\n'),
      'file_damaged',
      /Line 4/,
    ],
    ['a line that is no JSON', (text) => replaceLine(text, 1, '{"kind":'), 'file_line_invalid', /^Line 2: not JSON/],
    [
      'a line of another kind',
      (text) => replaceLine(text, 1, '{"kind":"api_key","hash":"x"}'),
      'file_line_invalid',
      /^Line 2/,
    ],
    ['an item without text', () => fileOf([HEAD, { ...ITEM, igny8: {} }]), 'file_line_invalid', /^Line 2: igny8.title/],
    [
      'an item with a field that there is not',
      () => fileOf([HEAD, { ...ITEM, sealed: 'x' }]),
      'file_line_invalid',
      /^Line 2/,
    ],
    [
      'an item with an id of something else',
      () => fileOf([HEAD, { ...ITEM, id: 'usr_1' }]),
      'file_line_invalid',
      /^Line 2: id/,
    ],
    [
      'a nested bomb',
      () => fileOf([HEAD]).then((text) => replaceLine(text, 1, `${'['.repeat(2_000)}${']'.repeat(2_000)}`)),
      'file_line_invalid',
      /^Line 2: nested too deep/,
    ],
    [
      'a line that is too long',
      (text) => replaceLine(text, 1, `"${'x'.repeat(7_000_001)}"`),
      'file_line_invalid',
      /^Line 2: longer than/,
    ],
    ['a later version', () => fileOf([{ ...HEAD, version: 2 }, ITEM]), 'file_unknown', /version 2/],
    ['the export of an account', () => fileOf([{ ...HEAD, of: 'account' }]), 'file_unknown', /of an account/],
    ['something else', () => 'hello\n', 'file_line_invalid', /^Line 1: not JSON/],
    ['something else in JSON', () => fileOf([ITEM]), 'file_unknown', /does not begin/],
    ['a second beginning', () => fileOf([HEAD, HEAD]), 'file_line_invalid', /^Line 2: a second beginning/],
    [
      'lines after its end',
      async (text) => `${text}${JSON.stringify(ITEM)}\n`,
      'file_line_invalid',
      /^Line 5: after the end/,
    ],
    [
      'a gap where an object did not answer',
      async () => {
        const seal = new Seal()
        return (await seal.block(textOf([HEAD, { kind: 'failure', site_id: 'site_x' }]))) + seal.end(1)
      },
      'file_incomplete',
      /could not read everything/,
    ],
  ]

  test.each(CASES)('%s', async (_name, file, code, detail) => {
    const id = await start(site)
    const answer = await sendPart(site, id, 1, await file(good))
    expect([answer.body?.code, answer.body?.detail]).toEqual([code, expect.stringMatching(detail)])
    expect((await state(site)).body).toMatchObject({ state: 'receiving', lines: 0, next_part: 1 })
    expect((await call(`GET ${filesOf(site.siteId)}/content/`, { token: site.owner.token })).body.results).toEqual([])
  })

  test('bytes that are no UTF-8, compressed ones, other types, and parts that are too large', async () => {
    const id = await start(site)
    expect(refusal(await sendPart(site, id, 1, new Uint8Array([0x7b, 0xff, 0x0a])))).toEqual([400, 'file_damaged'])
    const gzip = { 'content-encoding': 'gzip' }
    expect(refusal(await sendPart(site, id, 1, good, gzip))).toEqual([415, 'unsupported_media_type'])
    expect(refusal(await sendPart(site, id, 1, good, { 'content-type': 'application/json' }))).toEqual([
      415,
      'unsupported_media_type',
    ])
    expect(refusal(await sendPart(site, id, 1, new Uint8Array(8_000_001)))).toEqual([413, 'file_too_large'])
  })
})

describe('files of other people', () => {
  test('are neither exported, nor imported into, nor is their import seen', async () => {
    const [own, other] = [await newSite(), await newSite()]
    const id = await start(own)
    const asOther = { siteId: own.siteId, owner: other.owner }
    for (const answer of [
      await call(`POST ${filesOf(own.siteId)}/export/`, { token: other.owner.token }),
      await call(`POST ${filesOf(own.siteId)}/import/`, { token: other.owner.token, body: {} }),
      await sendPart(asOther, id, 1, await fileOf([HEAD, ITEM])),
      await apply(asOther, id),
      await state(asOther),
    ])
      expect(refusal(answer)).toEqual([404, 'site_not_found'])
    const editor = await addMember(own.owner, 'editor')
    const answer = await call(`POST ${filesOf(own.siteId)}/export/`, {
      token: editor.token,
      headers: inAccount(own.owner),
    })
    expect(refusal(answer)).toEqual([403, 'role_too_low'])
  })
})
