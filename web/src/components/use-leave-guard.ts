import { useLayoutEffect } from 'react'

/**
 * Asks before unsaved input is lost. When the tab is closed, the browser asks in its own words; when the person goes to another
 * page of the app, `question` is asked.
 * @returns a function that asks the same for a button; true if the input may be lost
 */
export function useLeaveGuard(isHeld: boolean, question: string): () => boolean {
  // before the next page's own effects: it must not ask on the way to signing in, when drafts are kept
  useLayoutEffect(() => {
    if (!isHeld) return undefined
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault()
    const onNavigate = (event: NavigateEvent) => {
      const leaves = event.destination.sameDocument && new URL(event.destination.url).pathname !== location.pathname
      if (leaves && event.cancelable && !window.confirm(question)) event.preventDefault()
    }
    window.addEventListener('beforeunload', onUnload)
    // older browsers lack the Navigation API: they only ask when the page closes
    const navigation = 'navigation' in window ? window.navigation : null
    navigation?.addEventListener('navigate', onNavigate)
    return () => {
      window.removeEventListener('beforeunload', onUnload)
      navigation?.removeEventListener('navigate', onNavigate)
    }
  }, [isHeld, question])
  return () => !isHeld || window.confirm(question)
}
