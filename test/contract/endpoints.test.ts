import { expect, test } from 'vitest'
import * as z from 'zod'
import { API_PREFIX } from '../../src/contract/common.ts'
import { ENDPOINTS } from '../../src/contract/endpoints.ts'
import { routes } from '../../src/routes/index.ts'

interface Schemas {
  query?: z.ZodType
  body?: z.ZodType
  answer: z.ZodType | null
}

const described = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })

/** A list is built where it is used, so its entries are compared; everything else is the very same schema. */
function entryOf(schema: z.ZodType | null): z.ZodType | null {
  const object = schema instanceof z.ZodLazy ? schema.unwrap() : schema
  const results = object instanceof z.ZodObject ? (object.shape['results'] as z.ZodArray | undefined) : undefined
  return results ? (results.element as z.ZodType) : schema
}

const ofApp = Object.entries<Schemas>(ENDPOINTS)

test.each(ofApp)('%s takes and answers what its route does', (endpoint, { query, body, answer }) => {
  const route = routes.find(
    ({ method, path }) =>
      `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}` === endpoint.replace('/', `${API_PREFIX}/`),
  )
  expect(route).toBeDefined()
  expect(route?.body).toBe(body)
  expect(query && described(query)).toEqual(route?.query && described(route.query))
  for (const { schema } of Object.values(route?.responses ?? {})) expect(entryOf(schema)).toBe(entryOf(answer))
})
