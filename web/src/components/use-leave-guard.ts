import { useEffect } from 'react'

/**
 * Asks before what isn't saved is lost: when the page is closed in the browser's own words, when another page of the app
 * is gone to by `question`.
 * @returns asks the same where a button would lose it; true where it may be lost
 */
export function useLeaveGuard(isHeld: boolean, question: string): () => boolean {
  useEffect(() => {
    if (!isHeld) return undefined
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault()
    const onNavigate = (event: NavigateEvent) => {
      const leaves = event.destination.sameDocument && new URL(event.destination.url).pathname !== location.pathname
      if (leaves && event.cancelable && !window.confirm(question)) event.preventDefault()
    }
    window.addEventListener('beforeunload', onUnload)
    // browsers before 2026 may not have it: there it is the closing of the page alone that asks
    const navigation = 'navigation' in window ? window.navigation : null
    navigation?.addEventListener('navigate', onNavigate)
    return () => {
      window.removeEventListener('beforeunload', onUnload)
      navigation?.removeEventListener('navigate', onNavigate)
    }
  }, [isHeld, question])
  return () => !isHeld || window.confirm(question)
}
