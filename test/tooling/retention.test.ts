import { readdirSync, readFileSync } from 'node:fs'
import { getTableName, isTable } from 'drizzle-orm'
import { expect, test } from 'vitest'
import * as eventSchema from '../../src/db/events/schema.ts'
import * as schema from '../../src/db/schema/index.ts'

const page = readFileSync('docs/operations.md', 'utf8')
const section = /## What is kept, and for how long\n([\s\S]*?)\n## /.exec(page)?.[1] ?? ''

/** The tables that a list of the page names in its first column. @param head its first heading */
function described(head: string): string[] {
  const list = section.slice(section.indexOf(`| ${head} |`))
  const rows = list.slice(0, list.indexOf('\n\n')).split('\n').slice(2)
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''))
}

test('T64 every table of D1 has its bound and retention in the docs', () => {
  const both = [...Object.values(schema), ...Object.values(eventSchema)].filter(isTable).map(getTableName)
  // the release before had some of today's event tables in the control database
  const tables = [...new Set(both)]
  expect(tables.length).toBeGreaterThan(15)
  expect(described('table of D1').toSorted()).toEqual(tables.toSorted())
})

test('T64 every table of an object has its bound and retention in the docs', () => {
  const files = ['migrations.ts', ...readdirSync('src/site/replica').filter((name) => name.startsWith('schema-'))]
  const sql = files.map((name) => readFileSync(`src/site/replica/${name}`, 'utf8')).join('\n')
  const tables = new Set([...sql.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+) ?\(/g)].map(([, name]) => name ?? ''))
  expect(tables.size).toBeGreaterThan(15)
  expect(described('table of a site’s object').toSorted()).toEqual([...tables].toSorted())
})
