import { Button, type ButtonProps } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { Question } from './confirm-dialog.tsx'

const loadDialog = () => import('./confirm-dialog.tsx')
const ConfirmDialog = lazy(loadDialog)

interface ConfirmButtonProps
  extends Pick<ButtonProps, 'variant' | 'color' | 'size' | 'leftSection' | 'disabled'>, Question {
  label: string
}

/** A button that asks for confirmation first. The dialog is loaded when the button gets hover or focus. */
export function ConfirmButton(props: ConfirmButtonProps): ReactNode {
  const { label, title, text, confirmLabel, cancelLabel, isDangerous, onConfirm, isPending, error, ...button } = props
  const question = {
    title,
    text,
    confirmLabel,
    onConfirm,
    isPending,
    error,
    ...(isDangerous && { isDangerous }),
    ...(cancelLabel !== undefined && { cancelLabel }),
  }
  const [isWanted, setWanted] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const ask = () => {
    setWanted(true)
    setOpen(true)
  }
  return (
    <>
      <Button
        variant="default"
        {...button}
        onPointerEnter={() => void loadDialog()}
        onFocus={() => void loadDialog()}
        onClick={ask}
      >
        {label}
      </Button>
      {isWanted && (
        <Suspense>
          <ConfirmDialog {...question} isOpen={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
