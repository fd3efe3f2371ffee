import { Button, Group, Modal, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import { ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useCreateItem } from '../../queries/items.ts'
import type { TypeRows } from './use-type-rows.ts'

const INITIAL = { title: '', type: 'post', body: '' }
/** Types for a new item: those of the site, or posts and pages if unknown. */
const typesOf = (rows: TypeRows | null) => {
  const known = Object.entries(rows ?? {}).filter(([slug]) => slug !== 'attachment')
  const types = known.map(([value, { label }]) => ({ value, label }))
  return types.length > 0 ? types : ['post', 'page'].map((value) => ({ value, label: value }))
}

/** Form for a new item. It is created as a draft, and the next sync sends it to WordPress. */
export default function NewItemDialog({ rows, onClose }: { rows: TypeRows | null; onClose: () => void }): ReactNode {
  const t = useTranslations('items')
  const common = useTranslations('common')
  const site = useThisSite()
  const [, navigate] = useLocation()
  const types = typesOf(rows)
  const [values, setValues] = useState({
    ...INITIAL,
    type: types.some(({ value }) => value === 'post') ? 'post' : (types[0]?.value ?? 'post'),
  })
  const [isMissing, setMissing] = useState(false)
  const create = useCreateItem(site.id)
  const errors = fieldErrors(create.error)
  const set = (name: keyof typeof INITIAL) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget
    setValues((before) => ({ ...before, [name]: value }))
  }
  const isTyped = values.title !== '' || values.body !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setMissing(values.title.trim() === '')
    if (values.title.trim() === '') return
    create.mutate(
      { ...values, status: 'draft' },
      { onSuccess: ({ id }) => navigate(`/sites/${site.id}/items/${id}`, { state: { isEditing: true } }) },
    )
  }
  return (
    <Modal
      opened
      onClose={onClose}
      // neither a click beside it nor a key loses what was typed
      closeOnClickOutside={!isTyped}
      closeOnEscape={!isTyped}
      title={t('new.title')}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          <Fields values={values} set={set} types={types} errors={errors} isMissing={isMissing} />
          <Text size="sm" c="dimmed">
            {t('new.draft')}
          </Text>
          {create.error && <ErrorState error={create.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common('cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t('new.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

interface FieldsProps {
  values: typeof INITIAL
  set: (name: keyof typeof INITIAL) => (event: { currentTarget: { value: string } }) => void
  types: { value: string; label: string }[]
  errors: Record<string, string>
  isMissing: boolean
}

function Fields({ values, set, types, errors, isMissing }: FieldsProps): ReactNode {
  const t = useTranslations('items')
  return (
    <>
      <TextInput
        label={t('field.title')}
        required
        value={values.title}
        onChange={set('title')}
        error={isMissing ? t('new.titleMissing') : errors['title']}
        data-autofocus
      />
      <NativeSelect
        label={t('column.type')}
        value={values.type}
        onChange={set('type')}
        data={types}
        error={errors['type']}
      />
      <Textarea
        label={t('field.body')}
        description={t('new.bodyHint')}
        rows={8}
        value={values.body}
        onChange={set('body')}
        error={errors['body']}
      />
    </>
  )
}
