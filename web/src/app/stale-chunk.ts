const RELOADED_AT = 'igny8-reloaded-at'
const ONCE_PER_MS = 60_000

/**
 * A page that was open while a new version was deployed asks for files that are gone. It is loaded anew then, once a
 * minute at most, so that a fault that stays can't reload for ever.
 */
export function reloadOnStaleChunk(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(RELOADED_AT) ?? 0)
    if (Date.now() - last < ONCE_PER_MS) return
    event.preventDefault()
    sessionStorage.setItem(RELOADED_AT, String(Date.now()))
    window.location.reload()
  })
}
