import { useState } from 'react'

/** The token of a mailed link; null if there is none. It is in the URL's fragment, which browsers send to nobody. */
export function useLinkToken(): string | null {
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get('token') || null)
  return token
}
