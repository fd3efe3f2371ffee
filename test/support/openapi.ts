import type { ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'
import { ERRORS, type ErrorCode } from '../../src/contract/errors.ts'
import { createOpenApiDocument } from '../../src/routes/openapi.ts'
import { routes } from '../../src/routes/index.ts'
import { createPathNormaliser } from '../../src/routes/path.ts'
import type { Route } from '../../src/routes/define.ts'
import { call as sendRequest, type Answer } from './identity.ts'

/** The document as any client reads it: plain JSON. */
// oxlint-disable-next-line no-explicit-any -- tests read every part of it
export const openApi: any = JSON.parse(JSON.stringify(createOpenApiDocument(routes, 'http://api.test')))

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema(openApi, 'openapi')

const validators = new Map<string, ValidateFunction>()
const escapePointer = (segment: string) => encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'))

/** A validator for a schema of the document, by its JSON pointer. */
export function validatorAt(...way: string[]): ValidateFunction {
  const pointer = `openapi#/${way.map(escapePointer).join('/')}`
  const known = validators.get(pointer) ?? ajv.compile({ $ref: pointer })
  validators.set(pointer, known)
  return known
}

const normalise = createPathNormaliser(routes)
const patterns = routes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/:\w+/g, '[^/]+')}$`),
}))

/** The route of a request, as the app chooses it: the first matching path, then the method. */
export function findRoute(method: string, path: string): Route | undefined {
  const normal = normalise(new Request(`http://api.test${path}`))
  const found = patterns.find(({ pattern }) => pattern.test(normal))
  const wanted = method.toLowerCase().replace('head', 'get')
  return routes.find((route) => route.path === found?.route.path && route.method === wanted)
}

export const documentPath = (route: Route) => route.path.replaceAll(/:(\w+)/g, '{$1}')

function problemFaults({ status, headers, body }: Answer): string[] {
  const faults: string[] = []
  const type = headers.get('content-type') ?? ''
  if (!type.startsWith('application/problem+json')) faults.push(`content type ${type}`)
  const validate = validatorAt('components', 'schemas', 'Problem')
  if (!validate(body)) faults.push(ajv.errorsText(validate.errors))
  if (body?.status !== status) faults.push(`status ${body?.status} in the body`)
  if (ERRORS[body?.code as ErrorCode]?.status !== status) faults.push(`code ${body?.code} is not one of ${status}`)
  if (!headers.get('x-request-id') || headers.get('x-request-id') !== body?.request_id) faults.push('request id')
  if (status === 401 && headers.get('www-authenticate') !== 'Bearer') faults.push('no WWW-Authenticate')
  if (status === 429 && !/^\d+$/.test(headers.get('retry-after') ?? '')) faults.push('no Retry-After')
  if (status === 405 && !headers.get('allow')) faults.push('no Allow')
  return faults
}

/** How a response deviates from the document, in words; empty if it doesn't. */
export function contractFaults(method: string, path: string, answer: Answer): string[] {
  const { status, headers, body } = answer
  const faults = status >= 400 ? problemFaults(answer) : []
  const route = findRoute(method, path)
  if (!route) return status === 404 || status === 405 ? faults : [...faults, `no route, but ${status}`]
  const way = ['paths', documentPath(route), route.method, 'responses', String(status)]
  const declared = openApi.paths[documentPath(route)][route.method].responses[status]
  if (!declared) return [...faults, `${route.operationId} does not declare ${status} (${body?.code})`]
  if (status >= 400) {
    const isNamed = declared.description.includes(`\`${body?.code}\``)
    return isNamed ? faults : [...faults, `${route.operationId} does not declare ${body?.code}`]
  }
  if (!declared.content) return body === null ? faults : [...faults, 'a body where none is declared']
  const types = Object.keys(declared.content)
  const type = types.find((one) => headers.get('content-type')?.startsWith(one)) ?? ''
  if (type === '') return [...faults, `not ${types.join(' or ')}`]
  const validate = validatorAt(...way, 'content', type, 'schema')
  // a body of lines is valid if each of them is
  const values: unknown[] = type === 'application/x-ndjson' ? body : [body]
  return values.every((value) => validate(value)) ? faults : [...faults, ajv.errorsText(validate.errors)]
}

/** Sends a request like `call` of identity.ts, and checks the response against the document. */
export async function call(request: string, options: Parameters<typeof sendRequest>[1] = {}): Promise<Answer> {
  const answer = await sendRequest(request, options)
  const [method = 'GET', path = ''] = request.split(' ')
  expect(contractFaults(method, path, answer), `${request} → ${answer.status} as the document says`).toEqual([])
  return answer
}

/** Status and code of a refusal. */
export const refusal = ({ status, body }: Answer) => [status, body?.code]
