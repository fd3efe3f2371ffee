import { Button, Group } from '@mantine/core'
import type { KeyboardEvent, ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from './editor.module.css'

interface SmallFormProps {
  label: string
  submit: string
  isReady: boolean
  onSubmit: () => void
  onCancel: () => void
  /** Further buttons. */
  more?: ReactNode
  children: ReactNode
}

/** A form below the toolbar. Enter submits it and Escape closes it; neither touches the text. */
export function SmallForm({ label, submit, isReady, onSubmit, onCancel, more, children }: SmallFormProps): ReactNode {
  const t = useTranslations('editor')
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onCancel()
    else if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return
    else if (isReady) onSubmit()
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Enter and Escape of the fields in it
    <fieldset className={classes.form} aria-label={label} onKeyDown={onKeyDown}>
      {children}
      <Group gap="xs" mt="xs">
        <Button size="xs" disabled={!isReady} onClick={onSubmit}>
          {submit}
        </Button>
        {more}
        <Button size="xs" variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
      </Group>
    </fieldset>
  )
}
