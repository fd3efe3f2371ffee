import { openApi } from './openapi.ts'

// oxlint-disable-next-line no-explicit-any -- JSON Schema has too many shapes to name
export type JsonSchema = any

/** A schema with references resolved. */
export function resolveSchema(schema: JsonSchema): JsonSchema {
  const name = typeof schema?.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined
  return name === undefined ? schema : resolveSchema(openApi.components.schemas[name])
}

function sampleText({ pattern, minLength = 1, format }: JsonSchema): string {
  if (format === 'uri') return 'https://example.com'
  if (format === 'email') return 'somebody@example.com'
  if (format === 'date-time') return '2030-01-01T00:00:00.000Z'
  if (pattern?.startsWith('^whsec_')) return `whsec_${btoa('0123456789abcdef0123456789abcdef')}`
  return 'sample'.padEnd(minLength, 'x')
}

/**
 * A value that matches a schema: its example if it has one; for an object the required fields, or the first field if none
 * is required.
 */
export function sampleOf(unresolved: JsonSchema): unknown {
  const schema = resolveSchema(unresolved)
  if (schema.example !== undefined) return schema.example
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return sampleOf(choices[0])
  if (schema.type === 'object') {
    const properties: Record<string, JsonSchema> = schema.properties ?? {}
    const required: string[] = schema.required ?? Object.keys(properties).slice(0, 1)
    return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name])]))
  }
  if (schema.type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(schema.items))
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 0, 1)
  if (schema.type === 'boolean') return true
  return schema.type === 'null' ? null : sampleText(schema)
}
