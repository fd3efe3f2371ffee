import { Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useChangePassword } from '../../queries/me.ts'
import { isNewPassword } from '../auth/check.ts'
import { usePasswordRefusal } from '../auth/password-refusal.ts'
import { PasswordField } from './password-field.tsx'

const EMPTY = { current: '', next: '' }

/** Changes the password; the other sessions end. */
export function PasswordPanel(): ReactNode {
  const t = useTranslations('account.password')
  const textOf = usePasswordRefusal()
  const change = useChangePassword()
  const fields = useFields(EMPTY, ({ current, next }) => ({
    ...(current === '' && { current: t('checkCurrent') }),
    ...(!isNewPassword(next) && { next: t('checkNew') }),
  }))
  /** A refusal that is about one of the two fields. */
  const refusalOf = (error: unknown): Record<string, string> => {
    const text = textOf(error)
    return text === null ? {} : { [isCode(error, 'wrong_password') ? 'current' : 'next']: text }
  }
  const send = fields.submit((values) =>
    change.mutate(values, {
      onSuccess: () => fields.set(EMPTY),
      onError: (error) => fields.refuse(refusalOf(error)),
    }),
  )
  const isOfFields = Object.keys(refusalOf(change.error)).length > 0
  return (
    <Panel heading={t('heading')} text={t('text')}>
      <form onSubmit={send} noValidate aria-label={t('heading')}>
        <Stack maw={480}>
          {change.error && !isOfFields && <ErrorState error={change.error} />}
          <PasswordField label={t('current')} autoComplete="current-password" {...fields.bind('current')} />
          <PasswordField
            label={t('next')}
            description={t('hint')}
            autoComplete="new-password"
            {...fields.bind('next')}
          />
          <Group>
            <Button type="submit" variant="default" loading={change.isPending}>
              {t('change')}
            </Button>
            <Text size="sm" c="var(--app-good)" component="output" aria-live="polite">
              {change.isSuccess && t('changed')}
            </Text>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
