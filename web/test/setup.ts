import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterEach, vi } from 'vitest'

// the first visit of a page also loads its code
configure({ asyncUtilTimeout: 5_000 })

// browser APIs that Mantine needs and jsdom lacks
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
// live connections stay silent unless a test replaces this
window.WebSocket = class extends EventTarget {
  close(): void {}
  send(): void {}
} as unknown as typeof WebSocket
Element.prototype.scrollIntoView = () => undefined

/** Removes notifications, which would otherwise stay visible in the next test. */
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
