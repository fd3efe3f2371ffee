import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import type { Profile } from '../../api/types.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useRename } from '../../queries/me.ts'

/** The person's name. */
export function ProfilePanel({ profile }: { profile: Profile }): ReactNode {
  const t = useTranslations('account.profile')
  const c = useTranslations('common')
  const rename = useRename()
  const saved = profile.user.name
  const fields = useFields({ name: saved }, ({ name }) => ({ ...(name.trim() === '' && { name: t('check') }) }))
  const isChanged = fields.values.name.trim() !== saved
  const send = fields.submit(({ name }) =>
    rename.mutate(name.trim(), { onError: (error) => fields.refuse(fieldErrors(error)) }),
  )
  return (
    <Panel heading={t('heading')} text={t('text')}>
      <form onSubmit={send} noValidate aria-label={t('heading')}>
        <Stack maw={480}>
          {rename.error && <ErrorState error={rename.error} />}
          <TextInput label={t('name')} autoComplete="name" maxLength={200} {...fields.bind('name')} />
          <Group>
            <Button type="submit" disabled={!isChanged} loading={rename.isPending}>
              {c('save')}
            </Button>
            <Text size="sm" c="var(--app-good)" component="output" aria-live="polite">
              {rename.isSuccess && !isChanged && t('saved')}
            </Text>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
