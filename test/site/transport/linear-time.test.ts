import { array, assert, constantFrom, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { log } from '../../../src/lib/log.ts'
import { addressForms, trimSlashes } from '../../../src/lib/site-address.ts'
import { classifyAnswer } from '../../../src/site/transport/direct/classify.ts'
import { excerpt } from '../../../src/site/transport/direct/evidence.ts'
import { describeJson, extractAnswer } from '../../../src/site/transport/direct/json-shape.ts'
import { isLoginPage, looksLikeWordPress } from '../../../src/site/transport/direct/markers.ts'
import { parseRestError } from '../../../src/site/transport/direct/rest-error.ts'
import { listRoots } from '../../../src/site/transport/direct/rest-root.ts'
import { findTextFault } from '../../../src/contract/text.ts'

const SITE = new URL('https://example.com/')
/** The text is 1 MB long, or sixteen texts of 64 kB. */
const LARGE = 1024 * 1024
const PARTS = 16

type Shape = { start: string; unit: string; end: string }

const answer = (status: number) => (body: string) =>
  classifyAnswer({ url: SITE, status, headers: new Headers(), body, nowMs: 0, allowLoopback: false })

const roots = (page: Partial<{ link: string; html: string }>) =>
  listRoots({ url: SITE, link: null, html: '', ...page }, SITE, { allowLoopback: false })

/** Everything that searches a text of which a site decides. */
const READERS: Record<string, (text: string) => unknown> = {
  'a REST error': parseRestError,
  'a 200 that is not an answer': answer(200),
  'a 202': answer(202),
  'a 403': answer(403),
  'a 500': answer(500),
  'a 503': answer(503),
  'the REST root in HTML': (html) => roots({ html }),
  'the REST root in a header': (link) => roots({ link }),
  'an excerpt': (text) => excerpt(text),
  'the shape of JSON': describeJson,
  'an answer within other output': extractAnswer,
  'a login page': isLoginPage,
  'a page of WordPress': looksLikeWordPress,
  'text that can travel': (text) => findTextFault({ body: text }),
}

/** Everything that takes an address apart. The runtime bounds headers, so 64 kB is the longest. */
const ADDRESS_READERS: Record<string, (path: string) => unknown> = {
  'the REST root at an address': (path) =>
    listRoots({ url: new URL(`https://example.com/${path}`), link: null, html: '' }, SITE, { allowLoopback: false }),
  'the forms of an address': (path) => addressForms(`https://example.com/${path}`),
  'slashes at the end': trimSlashes,
}

/** White space, brackets, tags and entities, and the beginnings of what the patterns search for. */
const PIECES = [
  '\n',
  ' ',
  '\t',
  '\r\n',
  '\u00a0',
  '<',
  '>',
  '{',
  '[',
  '"',
  "'",
  '\\',
  '/',
  '.',
  '=',
  '&',
  ';',
  'a',
  '0',
  '\u0000',
  '{"',
  '{ ',
  '<b>',
  '\n ',
  '<!--',
  '<script',
  '<style>',
  '</script',
  '<link ',
  '<link rel=',
  '<input ',
  '<meta ',
  '<title>',
  '&amp;',
  '&#0',
  '&nbsp;',
  'imunify360',
  'captcha',
  'PHP ',
  'Fatal error',
  ' href=',
  ' rel = ',
  'href  ',
] as const

const adversarial = record({
  start: constantFrom('', '<', '{', '<b>', '\n', 'x', '<link', '<html>'),
  unit: array(constantFrom(...PIECES), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
  end: constantFrom('', 'x', '>', '}', '</html>', 'Fatal error'),
})

const fill = ({ start, unit, end }: Shape, length: number) =>
  start + unit.repeat(Math.ceil(length / unit.length)).slice(0, length) + end

/** Milliseconds for `times` readings; the best of three, because other processes only ever make it slower. */
function measure(read: (text: string) => unknown, text: string, times: number): number {
  let best = Infinity
  for (let attempt = 0; attempt < 3; attempt++) {
    const start = performance.now()
    for (let index = 0; index < times; index++) read(text)
    best = Math.min(best, performance.now() - start)
    if (best < LEAST_MS || best > SURE_MS) break
  }
  return best
}

/** Below this the clock and the compiler decide. */
const LEAST_MS = 25
/** After a reading as long as this, one attempt must do. */
const SURE_MS = 20_000
/** The same number of characters in one text instead of sixteen. Linear: 1; quadratic: 16. */
const MOST_RATIO = 5

/** Random shapes per reader, besides the fixed ones. */
const RUNS = Number(process.env['LINEAR_RUNS'] ?? 2)
/** Another process may take the processor during one of the two readings; a quadratic reader is slow every time. */
const ROUNDS = 3

function expectLinear(read: (text: string) => unknown, shape: Shape, length = LARGE): void {
  let ratio = Infinity
  for (let round = 0; round < ROUNDS && ratio >= MOST_RATIO; round++) {
    const large = measure(read, fill(shape, length), 1)
    if (large < LEAST_MS) return
    ratio = large / measure(read, fill(shape, length / PARTS), PARTS)
  }
  expect(ratio, JSON.stringify(shape)).toBeLessThan(MOST_RATIO)
}

/** 14 MB to 60 MB are read per test, which takes a second or two on a quiet machine and much longer on a busy one. */
describe('a text of a site takes time in proportion to its length (T65)', { timeout: 180_000 }, () => {
  for (const [name, read] of Object.entries(READERS)) {
    it(name, () => {
      for (const unit of PIECES) expectLinear(read, { start: '', unit, end: 'x' })
      assert(
        property(adversarial, (shape) => expectLinear(read, shape)),
        { numRuns: RUNS },
      )
    })
  }

  for (const [name, read] of Object.entries(ADDRESS_READERS)) {
    it(name, () => {
      for (const unit of ['/', '.', 'a.', './', 'a/', '/.'])
        for (const end of ['', '/', 'x', '/x']) expectLinear(read, { start: '', unit, end }, 64 * 1024)
    })
  }

  it('a failed query in the log', () => {
    const said: unknown[] = []
    const { error } = console
    console.error = (line: unknown) => said.push(line)
    try {
      expectLinear((text) => log.error('failed', { detail: `Failed query: x\nparams: ${text}` }), {
        start: '',
        unit: '\n  ',
        end: '',
      })
    } finally {
      console.error = error
    }
  })
})
