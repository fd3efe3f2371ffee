import { Button, Checkbox, CopyButton, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useLeaveGuard } from '../../components/use-leave-guard.ts'
import classes from './account.module.css'

/** Shows recovery codes once, until the person says that they have kept them. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }): ReactNode {
  const t = useTranslations('account.codes')
  const c = useTranslations('common')
  const [isKept, setKept] = useState(false)
  useLeaveGuard(!isKept, t('leave'))
  return (
    <Stack>
      <Text fw={600}>{t('heading')}</Text>
      <Text size="sm">{t('text')}</Text>
      <ul className={classes.codes} aria-label={t('heading')}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Group>
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              <span aria-live="polite">{copied ? c('copied') : t('copy')}</span>
            </Button>
          )}
        </CopyButton>
      </Group>
      <Checkbox label={t('kept')} checked={isKept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <Group>
        <Button disabled={!isKept} onClick={onDone}>
          {t('done')}
        </Button>
      </Group>
    </Stack>
  )
}
