import type { ReactNode } from 'react'

/** The logo without a name, which stands beside it or in a label. */
export const Logo = ({ size = 28 }: { size?: number }): ReactNode => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden style={{ flexShrink: 0 }}>
    <rect width="32" height="32" rx="8" fill="#4338ca" />
    <path d="M17.5 4 8 18h6.5L13 28l11-15.5h-7z" fill="#fbbf24" />
  </svg>
)
