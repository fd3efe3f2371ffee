import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconArrowRight, IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { ApiError } from '../../api/errors.ts'
import { outsideLinkTo } from '../../components/outside-link.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useLookAtSite } from '../../queries/connection.ts'
import classes from './onboarding.module.css'
import { adminUrl } from './site-address.ts'

const PLUGIN_ZIP = '/plugin/igny8-wordpress-bridge.zip'
/** The plugin is there, and refuses what isn't signed for its own connection. */
const PLUGIN_IS_THERE = new Set([
  'plugin_not_connected',
  'other_integration',
  'signature_rejected',
  'signature_removed',
  'body_changed',
])

/** Asks the site itself whether the plugin is there, since a plugin that isn't connected yet calls nobody. */
function LookAtSite(): ReactNode {
  const t = useTranslations('onboarding.plugin')
  const look = useLookAtSite(useThisSite())
  const code = look.error instanceof ApiError ? look.error.code : null
  const isThere = look.isSuccess || (code !== null && PLUGIN_IS_THERE.has(code))
  const isMissing = code === 'plugin_not_found'
  return (
    <Stack gap="sm" align="flex-start">
      <Button variant="default" loading={look.isPending} onClick={() => look.mutate()}>
        {t('check')}
      </Button>
      <Text component="output" aria-live="polite" size="sm" c={isThere ? 'var(--app-good)' : 'var(--app-warn)'}>
        {isThere && t('isThere')}
        {isMissing && t('isMissing')}
      </Text>
      {look.error && !isThere && !isMissing && <ErrorState error={look.error} />}
    </Stack>
  )
}

/** Step 2: the plugin on the site. */
export function PluginStep({ isConnected, next }: { isConnected: boolean; next: string }): ReactNode {
  const t = useTranslations('onboarding.plugin')
  const o = useTranslations('onboarding')
  const site = useThisSite()
  return (
    <Stack>
      <Title order={2}>{t('heading', { site: site.name })}</Title>
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
      {isConnected ? <Text c="var(--app-good)">{t('connected')}</Text> : <LookAtSite />}
      <Group justify="flex-end">
        <Button
          component={Link}
          to={next}
          variant={isConnected ? 'default' : 'filled'}
          rightSection={<IconArrowRight size={16} aria-hidden />}
        >
          {o('next')}
        </Button>
      </Group>
    </Stack>
  )
}
