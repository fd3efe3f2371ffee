import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { sql } from 'drizzle-orm'
import type { Backup } from '../../src/contract/operator.ts'
import { openByName } from '../../src/db/databases.ts'
import { tablesOf } from '../../src/services/operator/tables.ts'
import type { Answer } from './identity.ts'
import { call } from './openapi.ts'

type Options = Parameters<typeof call>[1]

/** A request of whoever runs the deployment. The path is below `/operator/`. */
export function operate(request: string, options: Options = {}): Promise<Answer> {
  const [method, path = ''] = request.split(' ')
  return call(`${method} /api/v1/operator/${path}`, { token: env.OPERATOR_TOKEN, ...options })
}

/** A file, part by part as the routes hand it out; its blocks stay whole. */
export async function readFile(path: string): Promise<string[]> {
  const parts: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, body: lines }: Answer = await operate(`GET ${path}${cursor && `?cursor=${cursor}`}`)
    expect([path, status]).toEqual([path, 200])
    const last: { kind: string; next?: string } | undefined = lines.at(-1)
    cursor = last?.kind === 'page' ? (last.next ?? null) : null
    const whole: unknown[] = cursor === null ? lines : lines.slice(0, -1)
    parts.push(whole.map((line) => `${JSON.stringify(line)}\n`).join(''))
  }
  return parts
}

/** A file as parts that are small, so that many are sent: one for each block. */
export const blocksOf = (text: string): string[] => text.split(/(?<="check"[^\n]*\n)/).filter((part) => part !== '')

export interface WholeBackup {
  backup: Backup
  /** By binding. */
  databases: Map<string, string>
  /** By site. */
  objects: Map<string, string>
}

export async function backUp(): Promise<WholeBackup> {
  const { body: backup } = await operate('POST backups/')
  const { body: sites } = await operate(`GET backups/${backup.id}/sites/`)
  const databases = new Map<string, string>()
  for (const name of backup.databases)
    databases.set(name, (await readFile(`backups/${backup.id}/databases/${name}/`)).join(''))
  const objects = new Map<string, string>()
  for (const { id } of sites.results) objects.set(id, (await readFile(`backups/${backup.id}/sites/${id}/`)).join(''))
  return { backup, databases, objects }
}

/** Sends a file, block by block. @param query goes with each part */
export async function sendFile(path: string, text: string, query = ''): Promise<Answer> {
  let answer: Answer | undefined
  for (const [index, lines] of blocksOf(text).entries()) {
    const place = answer && query === 'position' ? `?lines=${answer.body.lines}&sum=${answer.body.sum}` : ''
    answer = await operate(`PUT ${path}/parts/${index + 1}/${place || (query === 'position' ? '' : query)}`, { lines })
    expect([index, answer.status, answer.body?.detail]).toEqual([index, 200, undefined])
  }
  if (!answer) throw new Error('an empty file')
  return answer
}

const databases = openByName(env)

const namedTables = () =>
  databases.names().flatMap((database) => tablesOf(database).map(({ name, key }) => ({ database, name, key })))

/** All rows of D1, by table. Those of the event databases are after a dot. */
export async function dumpD1(): Promise<Record<string, unknown[]>> {
  const dump: Record<string, unknown[]> = {}
  for (const { database, name, key } of namedTables()) {
    const rows = await databases.open(database)?.db.all(sql.raw(`SELECT * FROM ${name} ORDER BY ${key.join()}`))
    dump[database === 'DB' ? name : `${database}.${name}`] = rows ?? []
  }
  return dump
}

/** Deletes all rows of D1. */
export async function emptyD1(): Promise<void> {
  for (const { database, name } of namedTables()) await databases.open(database)?.db.run(sql.raw(`DELETE FROM ${name}`))
}

/** All of KV. */
export async function dumpKeys(): Promise<Record<string, unknown>> {
  const dump: Record<string, unknown> = {}
  for (const { name } of (await env.API_KEYS.list()).keys) dump[name] = await env.API_KEYS.get(name, 'json')
  return dump
}
