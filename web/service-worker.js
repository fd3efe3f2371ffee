/**
 * Keeps the app's files in the browser, so that the app opens without a network: the page from the network if there is
 * one, else the kept one; files with a hash in their name from what is kept. It never touches the API's answers: what the
 * app shows without a network are the answers that web/src/offline/last-known.ts keeps. web/service-worker.ts adds FILES.
 */
const PREFIX = 'igny8-app-'
const CACHE = PREFIX + VERSION
const PAGE = '/'
/** Addresses that the Worker answers itself. */
const NOT_THE_APP = /^\/(api|plugin|docs|dev|healthz|openapi\.json|\.well-known|reference)(\/|$)/

/** Fetches a file, or takes it from the app before: its name holds a hash of its content. */
async function keep(cache, file) {
  const kept = await caches.match(file)
  if (kept) return cache.put(file, kept)
  const answer = await fetch(file)
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`)
  return cache.put(file, answer)
}

async function install() {
  const cache = await caches.open(CACHE)
  await cache.add(new Request(PAGE, { cache: 'reload' }))
  // one after the other: what the open page asks for goes first
  for (const file of FILES) await keep(cache, file)
}

async function removeOlder() {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  )
}

async function openPage(request) {
  try {
    return await fetch(request)
  } catch (error) {
    const page = await caches.match(PAGE, { cacheName: CACHE })
    if (page) return page
    throw error
  }
}

// a file is the same whoever asks for it, though the answer says that it varies with the origin
const readFile = async (request) => (await caches.match(request, { ignoreVary: true })) ?? fetch(request)

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(removeOlder()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (request.mode === 'navigate' && !NOT_THE_APP.test(pathname)) event.respondWith(openPage(request))
  else if (pathname.startsWith('/assets/')) event.respondWith(readFile(request))
})
