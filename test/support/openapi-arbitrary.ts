import * as fc from 'fast-check'
import { documentPath, openApi } from './openapi.ts'
import { resolveSchema, sampleOf, type JsonSchema } from './openapi-sample.ts'
import type { Route } from '../../src/routes/define.ts'

/** Placeholder of an id that the test fills in when it sends the request: `<own site_id>`. */
export const placeholder = (whose: string, name: string) => `<${whose} ${name}>`

const HOSTILE_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\uD800',
  '\uFEFF',
  '\u202Etxt',
  '💩'.repeat(50),
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'true',
  '0',
  '-1',
  '1e999',
  "' OR 1=1 --",
  '"; DROP TABLE sites; --',
  '%',
  '_',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '{{7*7}}',
  '\r\nset-cookie: a=b',
  'x'.repeat(300),
  'x'.repeat(5000),
  'https://user:pw@127.0.0.1:99999/?a=b#c',
  'http://[::1]/',
  'javascript:alert(1)',
  'igny8_',
  'whsec_',
  '9999-99-99T99:99:99Z',
]

const HOSTILE_VALUES: unknown[] = [null, true, false, 0, -1, 1.5, 2 ** 53, -0, 1e308, [], [[]], {}, [null]]

const hostileText = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 40 }))

/** Any JSON, mostly small, of odd keys and values. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(...HOSTILE_VALUES),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(hostileText, fc.constantFrom(...HOSTILE_VALUES), { maxKeys: 5, noNullPrototype: true }),
)

const ids = (name: string) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(placeholder('own', name)) },
    { weight: 2, arbitrary: fc.constantFrom(placeholder('foreign', name), placeholder('absent', name)) },
    { weight: 1, arbitrary: hostileText },
  )

const isId = (name: string) => name.endsWith('_id')

/** Texts within a schema's examples and bounds. */
function textOf(name: string, schema: JsonSchema): fc.Arbitrary<unknown> {
  if (isId(name)) return ids(name)
  if (name === 'api_key') return fc.constantFrom(placeholder('own', name), placeholder('foreign', name), 'igny8_x')
  if (name === 'site_url')
    return fc.constantFrom(placeholder('own', name), 'https://nowhere.example.com', 'http://10.0.0.1')
  if (name === 'signing_secret') return fc.constant(placeholder('own', name))
  if (schema.pattern || schema.format) return fc.constant(sampleOf(schema))
  const minLength = schema.minLength ?? 0
  return fc.string({ minLength, maxLength: Math.min(schema.maxLength ?? 40, minLength + 40) })
}

function objectOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const properties: Record<string, JsonSchema> = schema.properties ?? {}
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, valueOf(name, property)]),
  )
  const known = fc.record(fields, { requiredKeys: schema.required ?? [], noNullPrototype: true })
  if (typeof schema.additionalProperties !== 'object') return known
  const slug = fc.oneof(fc.constantFrom('post', 'page', 'category', 'constructor'), fc.stringMatching(/^[a-z_]{1,12}$/))
  return fc.dictionary(slug, valueOf('', schema.additionalProperties), { maxKeys: 4, noNullPrototype: true })
}

/** Values that match a schema of the document. */
function valueOf(name: string, unresolved: JsonSchema): fc.Arbitrary<unknown> {
  const schema = resolveSchema(unresolved)
  if (schema.const !== undefined) return fc.constant(schema.const)
  // other platforms are refused at once
  if (name === 'platform') return fc.constantFrom('wordpress', 'wordpress', 'wordpress', ...(schema.enum as unknown[]))
  if (schema.enum) return fc.constantFrom(...(schema.enum as unknown[]))
  const choices: JsonSchema[] | undefined = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map((choice) => valueOf(name, choice)))
  const minimum = schema.minimum ?? 0
  switch (schema.type) {
    case 'object':
      return objectOf(schema)
    case 'array':
      return fc.array(valueOf('', schema.items), {
        minLength: schema.minItems ?? 0,
        maxLength: (schema.minItems ?? 0) + 3,
      })
    case 'integer':
    case 'number':
      return fc.integer({ min: minimum, max: Math.min(schema.maximum ?? 1e6, minimum + 1e6) })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      return textOf(name, schema)
    default:
      return hostileValue
  }
}

/** Corrupts one field of a valid body, or adds one. */
const spoilt = (good: fc.Arbitrary<unknown>, names: string[]) =>
  fc
    .tuple(good, fc.oneof(fc.constantFrom(...names, 'extra'), hostileText), hostileValue, fc.boolean())
    .map(([body, name, value, isRemoved]) => {
      const entries = Object.entries(body as object).filter(([key]) => key !== name)
      return Object.fromEntries(isRemoved ? entries : [...entries, [name, value]])
    })

export interface GeneratedBody {
  text: string
  type: string | null
}

const asJson = (value: fc.Arbitrary<unknown>): fc.Arbitrary<GeneratedBody> =>
  value.map((body) => ({ text: JSON.stringify(body) ?? '', type: 'application/json' }))

/** Parts of files: none of their lines is one that could have been exported. */
const asLines: fc.Arbitrary<GeneratedBody> = fc
  .oneof(
    fc.constant(''),
    fc
      .array(fc.oneof(fc.json(), hostileText, fc.constantFrom('{"kind":"end"}', '{"kind":"export","version":9}')), {
        maxLength: 3,
      })
      .map((lines) => lines.map((line) => `${line}\n`).join('')),
  )
  .map((text) => ({ text, type: 'application/x-ndjson' }))

function bodyOf(route: Route): fc.Arbitrary<GeneratedBody | null> {
  const schema = openApi.paths[documentPath(route)][route.method].requestBody?.content['application/json']?.schema
  const anything = fc.record({
    text: fc.oneof(hostileText, fc.json(), fc.constantFrom('{', '[1,', '{"a":1}{}')),
    type: fc.constantFrom(
      'application/json',
      'text/plain',
      'application/json; charset=latin1',
      'multipart/form-data',
      null,
    ),
  })
  if (route.upload) return fc.oneof(asLines, anything)
  if (!schema) return fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: anything })
  const good = valueOf('', schema)
  const names = Object.keys(resolveSchema(schema).properties ?? {})
  return fc.oneof(
    { weight: 6, arbitrary: asJson(good) },
    { weight: 4, arbitrary: asJson(spoilt(good, names)) },
    { weight: 2, arbitrary: asJson(hostileValue) },
    { weight: 1, arbitrary: anything },
    { weight: 1, arbitrary: fc.constant(null) },
  )
}

const queryOf = (route: Route) => {
  const parameters: { in: string; name: string; schema: JsonSchema }[] =
    openApi.paths[documentPath(route)][route.method].parameters ?? []
  const known = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) =>
      fc.tuple(fc.constant(name), fc.oneof(valueOf(name, schema).map(String), ids('integration_id'), hostileText)),
    )
  const pair = fc.oneof(fc.tuple(hostileText, hostileText), ...known)
  return known.length === 0 ? fc.array(pair, { maxLength: 1 }) : fc.array(pair, { maxLength: 4 })
}

const noControl = (text: string) => text.replaceAll(/[^\t\u0020-\u007e]/g, '')
const headerText = hostileText.map((text) => noControl(text).trim())

const headers = fc.record(
  {
    'idempotency-key': fc.oneof(fc.constantFrom('a', 'b'), fc.uuid(), headerText),
    'x-account-id': fc.oneof(
      fc.constantFrom(placeholder('own', 'account_id'), placeholder('foreign', 'account_id')),
      headerText,
    ),
    'x-d1-bookmark': fc.oneof(fc.constant('00000000-00000000-00000000-00000000000000000000000000000000'), headerText),
    origin: fc.constantFrom('http://app.test', 'https://evil.example', 'null'),
    'content-encoding': fc.constantFrom('gzip', 'identity'),
    cookie: fc.oneof(fc.constant(placeholder('own', 'cookie')), headerText),
    accept: fc.constantFrom('text/html', 'application/xml', '*/*'),
    'x-request-id': headerText,
    'x-http-method-override': fc.constant('DELETE'),
  },
  { requiredKeys: [], noNullPrototype: true },
)

const goodBody = (route: Route): fc.Arbitrary<GeneratedBody | null> => {
  const schema = openApi.paths[documentPath(route)][route.method].requestBody?.content['application/json']?.schema
  if (route.upload) return asLines
  return schema ? asJson(valueOf('', schema)) : fc.constant(null)
}

export interface GeneratedRequest {
  operationId: string
  /** Texts for path ids that `whose` marks as `hostile`. */
  ids: string[]
  whose: ('own' | 'foreign' | 'absent' | 'hostile')[]
  style: string
  query: [name: string, value: string][]
  token: string | null
  headers: Record<string, string | undefined>
  body: GeneratedBody | null
  isSigned: boolean
}

const none = <T>(): fc.Arbitrary<T[]> => fc.constant([])

function tokensFor({ access }: Route): string[] {
  if (access.kind === 'operator' || access.kind === 'platform') return ['operator']
  return access.kind === 'person' ? ['owner'] : ['owner', 'key', 'key']
}

/** A valid request. Ids and credentials are placeholders. */
const wellMeant = (route: Route): fc.Arbitrary<GeneratedRequest> =>
  fc.record({
    operationId: fc.constant(route.operationId),
    ids: none<string>(),
    whose: fc.constant<GeneratedRequest['whose']>(['own', 'own', 'own']),
    style: fc.constantFrom('', '/', '_'),
    query: none<[string, string]>(),
    token: fc.constantFrom(...tokensFor(route)),
    headers: fc.constant({}),
    body: goodBody(route),
    isSigned: fc.constant(true),
  })

const hostile = (route: Route): fc.Arbitrary<GeneratedRequest> =>
  fc.record({
    operationId: fc.constant(route.operationId),
    ids: fc.array(hostileText, { minLength: 3, maxLength: 3 }),
    whose: fc.array(fc.constantFrom('own', 'own', 'foreign', 'absent', 'hostile'), { minLength: 3, maxLength: 3 }),
    style: fc.constantFrom('', '', '', '/', '_', '//'),
    query: queryOf(route),
    token: fc.constantFrom(
      'owner',
      'owner',
      'key',
      'key',
      'viewer',
      'editor',
      'foreign',
      'revoked',
      'garbage',
      null,
      ...tokensFor(route),
    ),
    headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: headers }),
    body: bodyOf(route),
    isSigned: fc.boolean(),
  })

/** Any request, valid or hostile. */
export const requestTo = (route: Route): fc.Arbitrary<GeneratedRequest> =>
  fc.oneof({ weight: 2, arbitrary: wellMeant(route) }, { weight: 3, arbitrary: hostile(route) })
