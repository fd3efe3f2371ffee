import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core'
import { type ReactNode, type SubmitEvent, useId, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { BulkAction, ItemSummary } from '../../api/types.ts'
import { termsOf } from './terms-of.ts'

interface TermsDialogProps {
  /** The items of the list: their taxonomies and terms are suggested. */
  items: readonly ItemSummary[]
  onAction: (action: BulkAction) => void
  onClose: () => void
}

const USUAL = ['category', 'post_tag']

const namesOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  ),
]

/** Asks which terms of one taxonomy are to be added and removed. */
export default function TermsDialog({ items, onAction, onClose }: TermsDialogProps): ReactNode {
  const t = useTranslations('lists.terms')
  const common = useTranslations('common')
  const terms = termsOf(items)
  const taxonomies = [...new Set([...USUAL, ...terms.map((term) => term.slice(0, term.indexOf(':')))])]
  const [taxonomy, setTaxonomy] = useState(taxonomies[0] ?? '')
  const [add, setAdd] = useState('')
  const [remove, setRemove] = useState('')
  const [isMissing, setMissing] = useState(false)
  const id = useId()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const action = { kind: 'terms' as const, taxonomy, add: namesOf(add), remove: namesOf(remove) }
    if (action.add.length + action.remove.length === 0) return setMissing(true)
    return onAction(action)
  }
  const names = terms.filter((term) => term.startsWith(`${taxonomy}:`)).map((term) => term.slice(taxonomy.length + 1))
  return (
    <Modal opened onClose={onClose} title={t('title')} centered closeButtonProps={{ 'aria-label': common('close') }}>
      <form onSubmit={submit}>
        <Stack>
          <NativeSelect
            label={t('taxonomy')}
            data={taxonomies}
            value={taxonomy}
            onChange={({ currentTarget }) => setTaxonomy(currentTarget.value)}
          />
          <TextInput
            label={t('add')}
            description={t('hint')}
            list={id}
            value={add}
            onChange={({ currentTarget }) => setAdd(currentTarget.value)}
            error={isMissing && t('missing')}
            data-autofocus
          />
          <TextInput
            label={t('remove')}
            list={id}
            value={remove}
            onChange={({ currentTarget }) => setRemove(currentTarget.value)}
          />
          <datalist id={id}>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </datalist>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common('cancel')}
            </Button>
            <Button type="submit">{t('next')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
