import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterEach, vi } from 'vitest'

// the first visit of a page loads its code
configure({ asyncUtilTimeout: 5_000 })

// what a browser has and jsdom lacks, as Mantine needs it
window.matchMedia = (query) => ({
  matches: false,
  media: query,
  onchange: null,
  addListener: () => undefined,
  removeListener: () => undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  dispatchEvent: () => false,
})
window.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
// nobody answers a live connection unless a test does
window.WebSocket = class extends EventTarget {
  close(): void {}
  send(): void {}
} as unknown as typeof WebSocket
Element.prototype.scrollIntoView = () => undefined

/** What was told stays on the screen for a while: not in the next test. */
async function forgetNotifications(): Promise<void> {
  if (!document.querySelector('.mantine-Notifications-root')) return
  const { notifications } = await import('../src/components/mantine-notifications.ts')
  notifications.clean()
}

afterEach(async () => {
  await forgetNotifications()
  cleanup()
  vi.unstubAllGlobals()
  localStorage.clear()
  sessionStorage.clear()
  window.history.replaceState(null, '', '/')
})
