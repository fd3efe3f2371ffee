import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconArrowRight, IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { ApiError } from '../../api/errors.ts'
import { outsideLinkTo } from '../../components/outside-link.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useCheckSite } from '../../queries/connection.ts'
import classes from './onboarding.module.css'
import { adminUrl } from './site-address.ts'

const PLUGIN_ZIP = '/plugin/igny8-wordpress-bridge.zip'
/** The plugin is active and refuses requests that are not signed for its connection. */
const PLUGIN_IS_THERE = new Set([
  'plugin_not_connected',
  'other_integration',
  'signature_rejected',
  'signature_removed',
  'body_changed',
])

/** Checks whether the plugin is active by calling the site, since an unconnected plugin calls nobody. */
function SiteCheck(): ReactNode {
  const t = useTranslations('onboarding.plugin')
  const check = useCheckSite(useThisSite())
  const code = check.error instanceof ApiError ? check.error.code : null
  const isThere = check.isSuccess || (code !== null && PLUGIN_IS_THERE.has(code))
  const isMissing = code === 'plugin_not_found'
  return (
    <Stack gap="sm" align="flex-start">
      <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
        {t('check')}
      </Button>
      <Text component="output" aria-live="polite" size="sm" c={isThere ? 'var(--app-good)' : 'var(--app-warn)'}>
        {isThere && t('isThere')}
        {isMissing && t('isMissing')}
      </Text>
      {check.error && !isThere && !isMissing && <ErrorState error={check.error} />}
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
      {isConnected ? <Text c="var(--app-good)">{t('connected')}</Text> : <SiteCheck />}
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
