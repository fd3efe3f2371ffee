/**
 * The last answers of the API, kept on this device, so that the app has something true to show when the API can't be
 * reached. They are kept for one person at a time, and forgotten when that person signs out or their session ends. Kept are
 * the pages that people work in; keys, sessions, members and the audit log are not.
 */
import type { Query, QueryClient, QueryKey } from '@tanstack/react-query'
import { ANSWERS } from './forget-answers.ts'

const ENTRY = '/last-known'
/** Most characters that are kept; the answers that are oldest are left out first. */
const MOST_CHARACTERS = 4_000_000
const SAVE_EVERY_MS = 3_000
/** Parts of the key of an item; what is kept below it has more. */
const ITEM_KEY_PARTS = 3

/** First parts of the keys (queries/keys.ts) of what is kept. */
const KEPT = new Set([
  'session',
  'deletions',
  'sites',
  'integrations',
  'integration',
  'content-types',
  'sync-status',
  'runs',
  'events',
  'activity',
  'items',
  'item',
  'authors',
])

/** Versions of an item are whole texts: kept, they would leave no room for the items themselves. */
const isVersion = (key: QueryKey) => key[0] === 'item' && key.length > ITEM_KEY_PARTS

const isKept = ({ queryKey, state }: Query) =>
  state.status === 'success' && KEPT.has(String(queryKey[0])) && !isVersion(queryKey)

/** The build: another one may expect other shapes. Its first script's address holds a hash of all its parts. */
const buildOf = (): string => document.querySelector('script[type=module]')?.getAttribute('src') ?? ''

const MAP = '#map'
const fromMap = (_: string, value: unknown) => (value instanceof Map ? { [MAP]: [...value] } : value)
const toMap = (_: string, value: unknown) =>
  typeof value === 'object' && value !== null && MAP in value
    ? new Map((value as Record<typeof MAP, [unknown, unknown][]>)[MAP])
    : value

interface Answer {
  key: QueryKey
  data: unknown
  /** When it was read, in milliseconds since 1970. */
  at: number
}

// without the session nothing can be shown
const isSession = ({ key }: Answer) => key[0] === 'session'

/** The answers as text: the session, and the newest of the others that fit. */
export function write(answers: Answer[], most = MOST_CHARACTERS): string {
  const newestFirst = answers.toSorted((a, b) => Number(isSession(b)) - Number(isSession(a)) || b.at - a.at)
  const kept: string[] = []
  let size = 0
  for (const answer of newestFirst) {
    const text = JSON.stringify(answer, fromMap)
    size += text.length
    if (size > most) break
    kept.push(text)
  }
  return `{"build":${JSON.stringify(buildOf())},"answers":[${kept.join(',')}]}`
}

async function save(client: QueryClient): Promise<void> {
  const queries = client.getQueryCache().getAll().filter(isKept)
  const answers = queries.map(({ queryKey, state }) => ({ key: queryKey, data: state.data, at: state.dataUpdatedAt }))
  const cache = await caches.open(ANSWERS)
  await cache.put(ENTRY, new Response(write(answers), { headers: { 'content-type': 'application/json' } }))
}

/**
 * Keeps the answers from now on, some seconds behind. A browser that has no room, or forbids storage, keeps none.
 * @returns stops it
 */
export function keepAnswers(client: QueryClient): () => void {
  if (!('caches' in window)) return () => undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const saveSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      save(client).catch(() => undefined)
    }, SAVE_EVERY_MS)
  }
  const unsubscribe = client.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'success' && isKept(event.query)) saveSoon()
  })
  return () => {
    unsubscribe()
    clearTimeout(timer)
  }
}

/** Puts the kept answers into the cache where it has none. @returns whether there were any */
export async function restoreAnswers(client: QueryClient): Promise<boolean> {
  if (!('caches' in window)) return false
  const kept = await caches.match(ENTRY, { cacheName: ANSWERS })
  if (!kept) return false
  const { build, answers } = JSON.parse(await kept.text(), toMap) as { build: string; answers: Answer[] }
  if (build !== buildOf()) return false
  for (const { key, data, at } of answers)
    if (client.getQueryData(key) === undefined) client.setQueryData(key, data, { updatedAt: at })
  return true
}
