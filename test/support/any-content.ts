import * as fc from 'fast-check'

const ODD = [
  '',
  '0',
  ' ',
  '\ud83d',
  'a\u0000b',
  '\u202e\ufeff',
  'Ж'.repeat(120),
  '<script>x</script>',
  "\\'; --",
  '%d0%b6',
]
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom(...ODD, '😀'.repeat(400)))
const KEYS = ['__proto__', 'constructor', 'toString', '0', '12', 'a.b', 'rank_math_title', '_yoast_wpseo_title']
const TAXONOMIES = ['category', 'post_tag', 'pa_цвет', '__proto__', '7', 'product_cat', 'valueOf']
const entriesOf = <T>(keys: readonly string[], values: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...keys), anyText), values), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries))
const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 })
const anyDate = fc.constantFrom(
  null,
  '2026-11-21T10:00:00Z',
  '0044-03-15T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '2026-02-30T00:00:00Z',
  'tomorrow',
)
const STATUSES = ['draft', 'pending', 'private', 'future', 'publish', 'trash']

/** The body of a request, valid or not. */
export const anyBody = fc.record(
  {
    title: anyText,
    body: anyText,
    excerpt: anyText,
    slug: anyText,
    status: fc.oneof(fc.constantFrom(...STATUSES), anyText),
    date: anyDate,
    parent_id: fc.constantFrom(null, 'item_000000000001', 'item_none', '__proto__'),
    terms: entriesOf(TAXONOMIES, fc.array(anyText, { maxLength: 3 })),
    meta: entriesOf(KEYS, anyJson),
    featured_image: fc.option(fc.record({ url: fc.oneof(fc.webUrl(), anyText), alt: anyText })),
  },
  { requiredKeys: [] },
)

/** A document of the site; now and then a field is missing or is anything. */
export const anyDocument = fc
  .record({
    etag: fc.stringMatching(/^[0-9a-f]{32}$/),
    modified: fc.oneof(fc.constantFrom(0, 1e11), fc.integer({ min: 0, max: 1e11 })),
    title: anyText,
    body: fc.oneof(anyText, fc.constant(null)),
    excerpt: anyText,
    slug: anyText,
    status: fc.oneof(fc.constantFrom(...STATUSES), anyText),
    date: anyDate,
    parent: fc.constantFrom(0, 1, 2, 3, 4_000_000_000_000),
    author: fc.constantFrom(0, 1, 99),
    author_name: anyText,
    terms: entriesOf(TAXONOMIES, fc.array(anyText, { maxLength: 3 })),
    meta: entriesOf(KEYS, anyJson),
    featured: fc.option(fc.record({ id: fc.constantFrom(0, 9), url: fc.oneof(fc.webUrl(), anyText), alt: anyText })),
    url: fc.oneof(fc.webUrl(), anyText),
    item_id: fc.constantFrom(null, 'item_000000000001', 'item_of_another_site', '__proto__'),
    unfinished: fc.boolean(),
    builder: fc.constantFrom(null, 'elementor', '__proto__'),
    listed: fc.boolean(),
    protected: fc.boolean(),
  })
  .chain((document) =>
    fc.oneof(
      { weight: 5, arbitrary: fc.constant(document as Record<string, unknown>) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom(...Object.keys(document)), fc.option(anyJson))
          .map(([name, value]) => Object.assign({}, document, { [name]: value })),
      },
    ),
  )

/** What a request or an answer is after its way over the wire. */
export const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
