import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { CommandAnswer, CommandBatch, RestError, StatusData } from '../../../src/contract/link.ts'
import { MAX_TYPES, Structure } from '../../../src/contract/structure.ts'
import { readCommandData } from '../../../src/site/transport/direct/send.ts'
import { describeJson } from '../../../src/site/transport/direct/json-shape.ts'
import { classifyAnswer } from '../../../src/site/transport/direct/classify.ts'
import { excerpt } from '../../../src/site/transport/direct/evidence.ts'
import { LINK_ERRORS } from '../../../src/contract/link-errors.ts'
import { failureOf } from './support.ts'

const POST = { label: 'Posts', count: 123, enabled: true }
const CATEGORY = { label: 'Categories', count: 12, enabled: true, post_types: ['post'] }
const STRUCTURE = {
  post_types: { post: POST },
  taxonomies: { category: CATEGORY },
  plugin_connection_enabled: true,
  two_way_sync_enabled: false,
}
const STATUS = {
  plugin_version: '0.2.0',
  wp_version: '6.5.5',
  php_version: '8.2.7',
  db: 'mysql 10.11',
  home_url: 'https://example.com',
  site_url: 'https://example.com',
  rest_root: 'https://example.com/wp-json/',
  permalinks: 'pretty',
  multisite: false,
  locale: 'en_US',
  timezone: '+02:00',
  time: 1_763_750_000,
  memory_limit_mb: -1,
  max_execution_s: 0,
  cron: { disabled: false, last_run_at: null, next_structure_at: 1_763_800_000 },
  integration_id: null,
  last_structure_sync_at: null,
  last_error: { code: 'http_500', detail: 'x', at: 1_763_749_000 },
  plugin_connection_enabled: true,
  two_way_sync_enabled: true,
  received_headers: ['content-type', 'webhook-id'],
  commands: ['status', 'structure'],
}

/** `path code` of each issue. */
function issuesOf(value: unknown): string[] {
  const parsed = Structure.safeParse(value)
  if (parsed.success) return []
  return parsed.error.issues.map((issue) => {
    const params = issue.code === 'custom' ? (issue.params as { code?: string } | undefined) : undefined
    return `${issue.path.join('.')} ${params?.code ?? issue.code}`
  })
}
const withPost = (post: Record<string, unknown>) => ({ ...STRUCTURE, post_types: { post: { ...POST, ...post } } })

describe('a structure', () => {
  test('is accepted as docs/protocol.md shows it, without its unknown fields', () => {
    expect(Structure.parse(STRUCTURE)).toEqual(STRUCTURE)
    const later = { ...STRUCTURE, later: 1, post_types: { post: { ...POST, later: 1 } } }
    expect(Structure.parse(later)).toEqual(STRUCTURE)
  })

  test('may omit the flags: they default to enabled and two-way', () => {
    const { plugin_connection_enabled: _on, two_way_sync_enabled: _both, ...rest } = STRUCTURE
    expect(Structure.parse(rest)).toMatchObject({ plugin_connection_enabled: true, two_way_sync_enabled: false })
  })

  test('may be empty, as that of a site with nothing public', () => {
    expect(issuesOf({ ...STRUCTURE, post_types: {}, taxonomies: {} })).toEqual([])
  })

  test.each<[string, unknown, string[]]>([
    ['a negative count', withPost({ count: -1 }), ['post_types.post.count negative_count']],
    ['half a post', withPost({ count: 1.5 }), ['post_types.post.count invalid_type']],
    ['a count as text', withPost({ count: '1' }), ['post_types.post.count invalid_type']],
    ['more posts than there can be', withPost({ count: 1e9 + 1 }), ['post_types.post.count too_big']],
    ['markup in a label', withPost({ label: '<b>Posts</b>' }), ['post_types.post.label markup_in_label']],
    ['a script in a label', withPost({ label: 'x<SCRIPT src=//evil>' }), ['post_types.post.label markup_in_label']],
    ['a closing tag in a label', withPost({ label: 'x</b' }), ['post_types.post.label markup_in_label']],
    ['a control character in a label', withPost({ label: 'a\u0000b' }), ['post_types.post.label markup_in_label']],
    ['an empty label', withPost({ label: ' ' }), ['post_types.post.label too_small']],
    ['a label of 201 characters', withPost({ label: 'x'.repeat(201) }), ['post_types.post.label custom']],
    ['a flag that is a text', { ...STRUCTURE, two_way_sync_enabled: 'yes' }, ['two_way_sync_enabled invalid_type']],
    ['types as a list', { ...STRUCTURE, post_types: [POST] }, ['post_types invalid_type']],
    ['types as null', { ...STRUCTURE, post_types: null }, ['post_types invalid_type']],
    ['an invalid slug', { ...STRUCTURE, post_types: { 'My Type': POST } }, ['post_types.My Type invalid_slug']],
    ['an empty slug', { ...STRUCTURE, taxonomies: { '': CATEGORY } }, ['taxonomies. invalid_slug']],
    [
      'a slug of 33 characters',
      { ...STRUCTURE, post_types: { ['a'.repeat(33)]: POST } },
      [`post_types.${'a'.repeat(33)} invalid_slug`],
    ],
    [
      'a slug that is a trap',
      JSON.parse(
        '{"post_types":{"__proto__":{}},"taxonomies":{},"plugin_connection_enabled":true,"two_way_sync_enabled":true}',
      ),
      ['post_types.__proto__ invalid_slug'],
    ],
    [
      'an invalid slug in a list',
      { ...STRUCTURE, taxonomies: { tag: { ...CATEGORY, post_types: ['A B'] } } },
      ['taxonomies.tag.post_types.0 invalid_slug'],
    ],
  ])('with %s is refused with its own code', (_, value, expected) => {
    expect(issuesOf(value)).toEqual(expected)
  })

  test.each(['Q&A', 'Prices < 5', 'Größe 📏', 'مقالات', "l'équipe", '<3', 'x'.repeat(200), '📏'.repeat(200)])(
    'T46 the label %s is plain text',
    (label) => {
      expect(issuesOf(withPost({ label }))).toEqual([])
    },
  )

  test('with 500 types is accepted, with 501 refused', () => {
    const types = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`type_${n}`, POST]))
    expect(issuesOf({ ...STRUCTURE, post_types: types(MAX_TYPES) })).toEqual([])
    expect(issuesOf({ ...STRUCTURE, post_types: types(MAX_TYPES + 1) })).toEqual(['post_types too_many_types'])
  })

  test('T44 with 10,000 types is refused before any of them is parsed', () => {
    let looks = 0
    const entry = new Proxy({}, { get: () => looks++, has: () => (looks++, true), ownKeys: () => (looks++, []) })
    const types = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`<bad ${n}>`, entry]))
    expect(issuesOf({ ...STRUCTURE, post_types: types, taxonomies: types })).toEqual([
      'post_types too_many_types',
      'taxonomies too_many_types',
    ])
    expect(looks).toBe(0)
  })

  test('T44 with 500 invalid slugs is refused with a short answer', () => {
    const types = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`${'X'.repeat(1000)}${n}`, POST]))
    const issues = issuesOf({ ...STRUCTURE, post_types: types })
    expect(issues).toHaveLength(10)
    expect(issues.join('').length).toBeLessThan(1500)
  })

  test('has a JSON schema for both directions', () => {
    for (const io of ['input', 'output'] as const) {
      const schema = z.toJSONSchema(Structure, { io })
      expect(JSON.stringify(schema)).toContain('"minimum":0')
      expect(JSON.stringify(schema)).toContain('"maxLength":200')
      expect(JSON.stringify(schema)).toContain('"propertyNames"')
    }
  })
})

describe('status', () => {
  test('is accepted as docs/protocol.md shows it, with fields that a later plugin adds', () => {
    expect(StatusData.parse({ ...STATUS, later: { a: 1 } })).toEqual(STATUS)
  })

  test.each(Object.keys(STATUS))('without %s breaks the protocol', (field) => {
    expect(StatusData.safeParse({ ...STATUS, [field]: undefined }).success).toBe(false)
  })
})

describe('the data of a command', () => {
  const read = (result: Parameters<typeof readCommandData>[1]) =>
    failureOf((async () => readCommandData('status', result, []))())

  test('is typed and checked by the name of the command', () => {
    expect(readCommandData('status', { id: 'c', ok: true, data: STATUS, took_ms: 1 }, []).wp_version).toBe('6.5.5')
    expect(readCommandData('structure', { id: 'c', ok: true, data: STRUCTURE, took_ms: 1 }, [])).toEqual(STRUCTURE)
  })

  test('that is invalid, failed or missing has its own error', async () => {
    expect(await read({ id: 'c', ok: true, data: { ...STATUS, time: 'now' }, took_ms: 1 })).toMatchObject({
      code: 'response_invalid',
      detail: expect.stringContaining('time'),
    })
    const failed = { id: 'c', ok: false, code: 'boom', detail: 'out of memory', retryable: true, took_ms: 1 } as const
    expect(await read(failed)).toMatchObject({
      code: 'command_failed',
      detail: expect.stringContaining('boom: out of memory'),
    })
    expect(await read(undefined)).toMatchObject({ code: 'response_invalid' })
  })
})

describe('any input', () => {
  const options = { numRuns: 500 }

  test('T44 no schema throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const schema of [Structure, StatusData, CommandAnswer, CommandBatch, RestError]) schema.safeParse(value)
      }),
      options,
    )
  })

  test('T4 every answer has a code of the table and a printable detail', () => {
    const headers = fc.constantFrom(
      {},
      { location: '/x' },
      { location: '//\\' },
      { 'retry-after': '-1' },
      { 'www-authenticate': 'Basic' },
    )
    const body = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((text) => `${text}<p>`),
      fc.json().map((text) => text.slice(1)),
    )
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), headers, body, (status, head, text) => {
        const answer = { url: new URL('https://example.com/x'), status, headers: new Headers(head), body: text }
        const { code, detail } = classifyAnswer({ ...answer, nowMs: 0, allowLoopback: false })
        expect(LINK_ERRORS).toHaveProperty(code)
        expect(detail).toMatch(/^[^<>\p{Cc}]{1,400}$/u)
      }),
      options,
    )
  })

  test('T4 any proper beginning of a JSON object is broken off, and anything after one is garbage', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, at) => {
        const text = JSON.stringify(value)
        expect(describeJson(text)).toBe('valid')
        expect(describeJson(text.slice(0, 1 + (at % (text.length - 1))))).toBe('truncated')
        expect(describeJson(`${text}<!-- cached -->`)).toBe('trailing_garbage')
      }),
      options,
    )
  })

  test('T44 describing and excerpting take linear time', () => {
    const started = performance.now()
    for (const text of ['{"', '[', '{ ', '<script', '{"code"', '<', '"\\']) {
      describeJson(text.repeat(500_000))
      describeJson(`x${text.repeat(500_000)}`)
      excerpt(text.repeat(500_000))
    }
    expect(performance.now() - started).toBeLessThan(3000)
  })
})
