import { Alert, Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheckFilled, IconDownload, IconPlugConnected } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { PluginLook } from '../../api/types.ts'
import { outsideLinkTo } from '../../components/outside-link.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useProblemText } from '../../components/use-problem-text.ts'
import { useThisSite } from '../../layout/site-context.ts'
import { useSitePlugin, useStartConnect } from '../../queries/connect.ts'
import { useMay } from '../../queries/session.ts'
import { leaveFor } from '../connect/leave.ts'
import classes from './onboarding.module.css'
import { adminUrl, hostOf } from './site-address.ts'

const PLUGIN_ZIP = '/plugin/igny8-wordpress-bridge.zip'

/** Opens the plugin’s approve screen in wp-admin. */
function ConnectButton({ isMain }: { isMain: boolean }): ReactNode {
  const t = useTranslations('onboarding.now')
  const site = useThisSite()
  const start = useStartConnect()
  const mayConnect = useMay('admin')
  if (!mayConnect) return <Text size="sm">{t('noRight')}</Text>
  return (
    <Stack gap="sm" align="flex-start">
      {start.error && <ErrorState error={start.error} />}
      <Button
        size={isMain ? 'md' : 'sm'}
        variant={isMain ? 'filled' : 'default'}
        leftSection={<IconPlugConnected size={18} aria-hidden />}
        loading={start.isPending || start.isSuccess}
        onClick={() => start.mutate(site.id, { onSuccess: ({ approve_url: url }) => leaveFor(url) })}
      >
        {isMain ? t('connect') : t('goOn')}
      </Button>
    </Stack>
  )
}

function Install(): ReactNode {
  const t = useTranslations('onboarding.plugin')
  const site = useThisSite()
  return (
    <Stack>
      <Text c="dimmed">{t('needs')}</Text>
      <ol className={classes.list}>
        <li>
          {t('one')}
          <Group mt={8}>
            <Button component="a" href={PLUGIN_ZIP} download leftSection={<IconDownload size={16} aria-hidden />}>
              {t('download')}
            </Button>
          </Group>
        </li>
        <li>{t.rich('two', { link: outsideLinkTo(adminUrl(site.url, 'plugin-install.php?tab=upload')) })}</li>
        <li>{t('three')}</li>
      </ol>
    </Stack>
  )
}

/** Why the site can’t be looked at from outside, and how it is connected all the same. */
function Unknown({ reason }: { reason: NonNullable<PluginLook['reason']> }): ReactNode {
  const t = useTranslations('onboarding.now')
  const words = useProblemText()(reason)
  return (
    <Alert
      color="orange"
      variant="light"
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      title={words.title}
    >
      <Stack gap="xs">
        {words.detail && (
          <Text size="sm" lang={words.detailLanguage}>
            {words.detail}
          </Text>
        )}
        <Text size="sm">{t('unknown')}</Text>
      </Stack>
    </Alert>
  )
}

/** Looks for the plugin, offers its zip where it is missing, waits for it, and then connects with one click. */
export function ConnectNow({ isConnected }: { isConnected: boolean }): ReactNode {
  const t = useTranslations('onboarding.now')
  const site = useThisSite()
  const look = useSitePlugin(site.id, !isConnected)
  const plugin = look.data?.plugin
  const isThere = isConnected || plugin === 'there'
  return (
    <Stack gap="lg">
      <Title order={2}>{t(isThere ? 'headingThere' : 'heading', { site: hostOf(site.url) })}</Title>
      <Group component="output" gap="xs" aria-live="polite">
        {isThere ? (
          <>
            <IconCircleCheckFilled size={18} aria-hidden color="var(--app-good)" />
            <Text>{isConnected ? t('connected') : t('there')}</Text>
          </>
        ) : (
          <>
            <Loader size={16} aria-hidden />
            <Text>{plugin === undefined ? t('looking', { site: hostOf(site.url) }) : t('waiting')}</Text>
          </>
        )}
      </Group>
      {look.error && !isThere && <ErrorState error={look.error} />}
      {isThere && !isConnected && (
        <>
          <ConnectButton isMain />
          <Text size="sm" c="dimmed">
            {t('asks')}
          </Text>
        </>
      )}
      {plugin === 'unknown' && !isThere && look.data?.reason && <Unknown reason={look.data.reason} />}
      {!isThere && plugin !== undefined && <Install />}
      {plugin === 'unknown' && !isThere && <ConnectButton isMain={false} />}
    </Stack>
  )
}
