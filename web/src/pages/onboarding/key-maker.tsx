import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { ApiKey } from '../../api/types.ts'
import { CopyField } from '../../components/copy-field.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { ALL_SCOPES, useApiKeys, type useCreateApiKey } from '../../queries/api-keys.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useMay } from '../../queries/session.ts'
import { MOMENT } from '../../components/relative-time.tsx'

export type KeyMaking = ReturnType<typeof useCreateApiKey>

/** Default name of the key, so that the list of keys shows its purpose. */
const NAME = 'WordPress plugin'

const isUsable = ({ status }: ApiKey) => status === 'active' || status === 'expiring'

/** Creates a key for the plugin. It names existing keys, so that people don't create too many. */
export function KeyMaker({ making }: { making: KeyMaking }): ReactNode {
  const t = useTranslations('onboarding.connect')
  const format = useFormatter()
  const mayMake = useMay('admin')
  const usable = entriesOf(useApiKeys(useThisSite().id).data).filter(isUsable)
  const [newest] = usable
  if (making.data)
    return (
      <Alert color="green" variant="light" icon={<IconKey aria-hidden />} data-testid="new-key">
        <Stack gap="xs">
          <CopyField label={t('keyLabel')} value={making.data.key} />
          <Text size="sm">{t('keyOnce')}</Text>
        </Stack>
      </Alert>
    )
  return (
    <Stack gap="sm">
      <Text>{t('keyText')}</Text>
      {newest && (
        <Text size="sm" c="dimmed">
          {t('hasKey', {
            count: usable.length,
            name: newest.name,
            key: newest.key,
            when: format.dateTime(new Date(newest.created_at), MOMENT),
          })}
        </Text>
      )}
      {making.error && <ErrorState error={making.error} />}
      {mayMake ? (
        <Group>
          <Button
            leftSection={<IconKey size={16} aria-hidden />}
            variant={newest ? 'default' : 'filled'}
            loading={making.isPending}
            onClick={() => making.mutate({ name: NAME, scopes: ALL_SCOPES, expires_at: null })}
          >
            {newest ? t('makeAnother') : t('makeKey')}
          </Button>
        </Group>
      ) : (
        <Text size="sm">{t('noRight')}</Text>
      )}
    </Stack>
  )
}
