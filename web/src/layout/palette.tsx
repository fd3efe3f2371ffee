import { Modal, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { useTranslations } from 'use-intl'
import classes from './palette.module.css'
import { usePaletteEntries } from './use-palette-entries.ts'

/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a combobox with entries of two columns, as the ARIA practices have it:
   the elements that the rule names can't be one */

/** A field and what fits its text. The focus stays in the field; arrows choose. */
function PaletteField({ onClose }: { onClose: () => void }): ReactNode {
  const t = useTranslations('lists.palette')
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const entries = usePaletteEntries(text.trim(), onClose)
  const id = useId()
  const at = Math.min(chosen, entries.length - 1)
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }
    const step = steps[event.key]
    if (step !== undefined && entries.length > 0) {
      event.preventDefault()
      setChosen((at + step + entries.length) % entries.length)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      entries[at]?.run()
    }
  }
  return (
    <>
      <TextInput
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-autocomplete="list"
        {...(entries.length > 0 && { 'aria-activedescendant': `${id}-${at}` })}
        aria-label={t('label')}
        placeholder={t('hint')}
        leftSection={<IconSearch size={16} aria-hidden />}
        size="md"
        maxLength={200}
        data-autofocus
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div role="listbox" id={id} aria-label={t('label')} className={classes.list}>
        {entries.map((entry, index) => (
          // the keyboard is handled by the field, which has the focus
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
          <div
            key={`${entry.kind} ${entry.id}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            className={classes.entry}
            onPointerMove={() => setChosen(index)}
            onClick={entry.run}
          >
            <span className={classes.label}>{entry.label}</span>
            <span className={classes.kind}>{entry.kind}</span>
          </div>
        ))}
      </div>
      <Text size="sm" c="dimmed" mt="sm" component="output" aria-live="polite">
        {entries.length === 0 ? t('nothing') : t('found', { count: entries.length })}
      </Text>
    </>
  )
}

/** Goes to any site, page or item, and does what can be done here. */
export default function Palette({ onClose }: { onClose: () => void }): ReactNode {
  const t = useTranslations('lists.palette')
  const common = useTranslations('common')
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('label')}
      yOffset="12vh"
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <PaletteField onClose={onClose} />
    </Modal>
  )
}
