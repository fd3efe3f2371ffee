const RELOADED_AT = 'igny8-reloaded-at'
const ONCE_PER_MS = 60_000

/**
 * After a deployment, an open page requests files that no longer exist. The page then reloads, at most once a minute, so that
 * a lasting failure doesn't reload it forever.
 */
export function reloadOnStaleChunk(): void {
  window.addEventListener('vite:preloadError', (event) => {
    // the file may be there: a reload would lose what is on the page
    if (!navigator.onLine) return
    const last = Number(sessionStorage.getItem(RELOADED_AT) ?? 0)
    if (Date.now() - last < ONCE_PER_MS) return
    event.preventDefault()
    sessionStorage.setItem(RELOADED_AT, String(Date.now()))
    window.location.reload()
  })
}
