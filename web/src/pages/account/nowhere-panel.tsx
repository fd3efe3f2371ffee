import { Button, Group, Stack, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useCreateAccount } from '../../queries/deletions.ts'

/** For people who are in no account any more: how they get into one. */
export function NowherePanel(): ReactNode {
  const t = useTranslations('account.nowhere')
  const create = useCreateAccount()
  const fields = useFields({ name: '' }, ({ name }) => ({ ...(name.trim() === '' && { name: t('check') }) }))
  const send = fields.submit(({ name }) =>
    create.mutate(name.trim(), { onError: (error) => fields.refuse(fieldErrors(error)) }),
  )
  return (
    <Panel heading={t('heading')} text={t('text')}>
      <form onSubmit={send} noValidate aria-label={t('create')}>
        <Stack maw={480}>
          {create.error && <ErrorState error={create.error} />}
          <TextInput label={t('name')} maxLength={200} {...fields.bind('name')} />
          <Group>
            <Button type="submit" loading={create.isPending}>
              {t('create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
