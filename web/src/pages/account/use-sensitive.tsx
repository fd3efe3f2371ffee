import { lazy, type ReactNode, Suspense, useState } from 'react'
import { isCode } from '../../api/errors.ts'

interface Sensitive {
  /** Runs a change. If it needs the password, asks for it first, and runs the change again. */
  run: (change: () => Promise<unknown>) => void
  /** The question for the password; nothing while it isn't needed. */
  dialog: ReactNode
}

// most changes never ask
const PasswordQuestion = lazy(() => import('./password-question.tsx'))

/** For changes that the API allows only shortly after the password was typed. What the person has typed stays. */
export function useSensitive(): Sensitive {
  const [waiting, setWaiting] = useState<(() => Promise<unknown>) | null>(null)
  const run = (change: () => Promise<unknown>) => {
    // other errors are shown where the change belongs
    change().catch((error: unknown) => {
      if (isCode(error, 'recent_sign_in_required')) setWaiting(() => change)
    })
  }
  const again = () => {
    const change = waiting
    setWaiting(null)
    if (change) run(change)
  }
  return {
    run,
    dialog: waiting && (
      <Suspense>
        <PasswordQuestion onConfirmed={again} onClose={() => setWaiting(null)} />
      </Suspense>
    ),
  }
}

/** An error that the question for the password doesn't answer. */
export const otherError = (error: unknown): unknown => (isCode(error, 'recent_sign_in_required') ? null : error)
