import { Button, type ButtonProps } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { Question } from './reason-dialog.tsx'

// most visits do nothing
const ReasonDialog = lazy(() => import('./reason-dialog.tsx'))

interface ReasonButtonProps extends Question {
  label: string
  /** Says which row it is about, for people who don't see the row. */
  about?: string
  size?: ButtonProps['size']
}

/** A button for what operators do: it asks why, and says what came of it. */
export function ReasonButton({ label, about, size = 'xs', ...question }: ReasonButtonProps): ReactNode {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button
        variant="default"
        size={size}
        onClick={() => setOpen(true)}
        {...(about !== undefined && { 'aria-label': `${label}: ${about}` })}
      >
        {label}
      </Button>
      {isOpen && (
        <Suspense>
          <ReasonDialog {...question} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
