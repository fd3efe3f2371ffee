import { Button, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import type { Scope } from '../../api/types.ts'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useThisSite } from '../../layout/site-context.ts'
import { ALL_SCOPES, useCreateApiKey } from '../../queries/api-keys.ts'

const MS_PER_DAY = 86_400_000
const LIFETIME_DAYS = { never: null, month: 30, quarter: 90, year: 365 } as const
type Lifetime = keyof typeof LIFETIME_DAYS

function expiryOf(lifetime: Lifetime): string | null {
  const days = LIFETIME_DAYS[lifetime]
  return days === null ? null : new Date(Date.now() + days * MS_PER_DAY).toISOString()
}

interface CreateKeyFormProps {
  onMade: (plaintext: string) => void
  onCancel: () => void
}

function ScopeChoice({
  scopes,
  error,
  onChange,
}: {
  scopes: Scope[]
  error: string | undefined
  onChange: (scopes: Scope[]) => void
}): ReactNode {
  const t = useTranslations('connection.keys')
  return (
    <Checkbox.Group
      label={t('allowed')}
      description={t('scopeHint')}
      error={error}
      value={scopes}
      onChange={(value) => onChange(ALL_SCOPES.filter((scope) => value.includes(scope)))}
    >
      <Stack gap="xs" mt="xs">
        {ALL_SCOPES.map((scope) => (
          <Checkbox key={scope} value={scope} label={t(`scope.${scope}`)} />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

/** Name, scopes and expiry of the new key. */
export function CreateKeyForm({ onMade, onCancel }: CreateKeyFormProps): ReactNode {
  const t = useTranslations('connection.keys')
  const c = useTranslations('common')
  const create = useCreateApiKey(useThisSite().id)
  const [scopes, setScopes] = useState<Scope[]>(ALL_SCOPES)
  const fields = useFields({ name: t('defaultName'), lifetime: 'never' }, ({ name }) => ({
    ...(name.trim() === '' && { name: t('checkName') }),
  }))
  const hasNone = scopes.length === 0
  const send = fields.submit(({ name, lifetime }) => {
    if (hasNone) return
    create.mutate(
      { name: name.trim(), scopes, expires_at: expiryOf(lifetime as Lifetime) },
      { onSuccess: ({ key }) => onMade(key), onError: (error) => fields.refuse(fieldErrors(error)) },
    )
  })
  const lifetimes = Object.keys(LIFETIME_DAYS) as Lifetime[]
  return (
    <form onSubmit={send} noValidate>
      <Stack>
        {create.error && <ErrorState error={create.error} />}
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          maxLength={200}
          data-autofocus
          {...fields.bind('name')}
        />
        <ScopeChoice scopes={scopes} error={hasNone ? t('checkScopes') : undefined} onChange={setScopes} />
        <NativeSelect
          label={t('expires')}
          data={lifetimes.map((value) => ({ value, label: t(`expiry.${value}`) }))}
          {...fields.bind('lifetime')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {c('cancel')}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={hasNone}>
            {t('create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
