import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
const code = files.map((name) => readFileSync(join('src', name), 'utf8')).join('\n')

/** Messages that are logged: written at the call, or handed to a helper of the cron that logs them. */
const logged = new Set([
  ...[...code.matchAll(/\blog\.(?:info|warn|error)\(\s*'([^']+)'/g)].map(([, message]) => message ?? ''),
  ...[...code.matchAll(/\beach\([^\n]*?, '([^']+)',/g)].map(([, message]) => message ?? ''),
])

const page = readFileSync('docs/operations.md', 'utf8')
const table = page.slice(page.indexOf('## What the log says'), page.indexOf('## Secrets'))
const rows = table.split('\n').filter((line) => line.startsWith('| `'))
const described = new Set(
  rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, message]) => message ?? '')),
)

test('every message that the code logs is explained to operators', () => {
  expect(logged.size).toBeGreaterThan(25)
  expect([...logged].filter((message) => !described.has(message))).toEqual([])
})

test('operators are told of no message that the code doesn’t log', () => {
  const words = 'better-auth: …'
  expect([...described].filter((message) => message !== words && !logged.has(message))).toEqual([])
  expect(code).toContain('`better-auth: ${message}`')
})
