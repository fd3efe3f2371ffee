import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { UseMutationResult } from '@tanstack/react-query'
import { fieldErrors } from '../../api/errors.ts'
import type { Deletion } from '../../api/types.ts'
import { ErrorState } from '../../components/states.tsx'
import { useFirstFocus, useReturnFocus } from '../../components/use-first-focus.ts'
import { useFields } from '../../components/use-fields.ts'
import { otherError, useSensitive } from './use-sensitive.tsx'

interface DeleteFormProps {
  kind: 'account' | 'person'
  /** What must be typed: the account's name, or the person's address. */
  expected: string
  schedule: UseMutationResult<Deletion, Error, string>
  onCancel: () => void
}

const isSame = (typed: string, expected: string) => typed.trim().toLowerCase() === expected.toLowerCase()

function Form({ kind, expected, schedule, onCancel }: DeleteFormProps): ReactNode {
  const t = useTranslations('account.delete')
  const c = useTranslations('common')
  const { run, dialog } = useSensitive()
  const field = useFirstFocus()
  const fields = useFields({ typed: '' }, ({ typed }) => ({
    ...(!isSame(typed, expected) && { typed: t('check', { expected }) }),
  }))
  const send = fields.submit(() => run(() => schedule.mutateAsync(expected)))
  const isOfField = Object.keys(fieldErrors(schedule.error)).length > 0
  const error = isOfField ? null : otherError(schedule.error)
  return (
    <form onSubmit={send} noValidate aria-label={t(`${kind}.start`)}>
      <Stack maw={480}>
        {error !== null && <ErrorState error={error} />}
        <TextInput
          label={t(`${kind}.type`)}
          description={expected}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          ref={field}
          {...fields.bind('typed')}
        />
        <Group>
          <Button type="submit" color="red.9" loading={schedule.isPending}>
            {t(`${kind}.confirm`)}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {c('cancel')}
          </Button>
        </Group>
      </Stack>
      {dialog}
    </form>
  )
}

/** What a deletion does, and behind a button the form that asks for it. */
export function DeleteForm(props: Omit<DeleteFormProps, 'onCancel'> & { points: string[] }): ReactNode {
  const { kind, points } = props
  const t = useTranslations('account.delete')
  const [isOpen, setOpen] = useState(false)
  const opener = useReturnFocus(isOpen)
  return (
    <Stack>
      <ul style={{ margin: 0, paddingInlineStart: 20 }}>
        {points.map((point) => (
          <Text key={point} component="li" size="sm">
            {point}
          </Text>
        ))}
      </ul>
      {isOpen && <Form {...props} onCancel={() => setOpen(false)} />}
      {!isOpen && (
        <Group>
          <Button ref={opener} variant="default" onClick={() => setOpen(true)}>
            {t(`${kind}.start`)}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
