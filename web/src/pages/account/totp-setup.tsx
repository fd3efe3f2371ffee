import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { encode } from 'uqr'
import type { TotpSetup } from '../../api/types.ts'
import { CopyField } from '../../components/copy-field.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useConfirmTotp } from '../../queries/me.ts'
import classes from './account.module.css'
import { RecoveryCodes } from './recovery-codes.tsx'

/** Dark modules on white in both themes, since cameras expect that. */
function QrCode({ text, label }: { text: string; label: string }): ReactNode {
  const { data, size } = useMemo(() => encode(text, { ecc: 'M' }), [text])
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg className={classes.qr} viewBox={`-2 -2 ${size + 4} ${size + 4}`} role="img" aria-label={label}>
      <rect x="-2" y="-2" width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

function CodeForm({ onCancel }: { onCancel: () => void }): ReactNode {
  const t = useTranslations('account.totp')
  const c = useTranslations('common')
  const confirm = useConfirmTotp()
  const fields = useFields({ code: '' }, ({ code }) => ({
    ...(!/^\d{6}$/.test(code.replaceAll(/\s/g, '')) && { code: t('checkCode') }),
  }))
  return (
    <form onSubmit={fields.submit(({ code }) => confirm.mutate(code))} noValidate aria-label={t('turnOn')}>
      <Stack maw={320}>
        {confirm.error && <ErrorState error={confirm.error} />}
        <TextInput label={t('code')} inputMode="numeric" autoComplete="one-time-code" {...fields.bind('code')} />
        <Group>
          <Button type="submit" loading={confirm.isPending}>
            {t('turnOn')}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {c('cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** First the recovery codes, then the app and its first code: so nobody is left without a way in. */
export default function TotpSetupSteps({ setup, onCancel }: { setup: TotpSetup; onCancel: () => void }): ReactNode {
  const t = useTranslations('account.totp')
  const [isKept, setKept] = useState(false)
  if (!isKept) return <RecoveryCodes codes={setup.recovery_codes} onDone={() => setKept(true)} />
  return (
    <Stack>
      <List type="ordered" spacing="xs">
        <List.Item>{t('step1')}</List.Item>
        <List.Item>{t('step2')}</List.Item>
        <List.Item>{t('step3')}</List.Item>
      </List>
      <QrCode text={setup.uri} label={t('qr')} />
      <Text size="sm" c="dimmed">
        {t('orType')}
      </Text>
      <CopyField label={t('secret')} value={setup.secret} />
      <CodeForm onCancel={onCancel} />
    </Stack>
  )
}
