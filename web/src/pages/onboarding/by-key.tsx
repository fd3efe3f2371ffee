import { NativeSelect, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { CopyField } from '../../components/copy-field.tsx'
import { outsideLinkTo } from '../../components/outside-link.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { CodeBlock } from './code-block.tsx'
import { KeyMaker, type KeyMaking } from './key-maker.tsx'
import classes from './onboarding.module.css'
import { adminUrl } from './site-address.ts'

/** The API that the plugin calls by default. */
const PLUGINS_API = 'https://api.igny8.com'
const KEY_TO_COME = 'igny8_…'

const define = (name: string, value: string) => `define( '${name}', '${value}' );`

function ByHand(): ReactNode {
  const t = useTranslations('onboarding.connect')
  const site = useThisSite()
  const origin = window.location.origin
  return (
    <>
      {origin !== PLUGINS_API && <CodeBlock label={t('otherServer')} code={define('IGNY8_API_URL', origin)} />}
      <ol className={classes.list}>
        <li>{t.rich('openSettings', { link: outsideLinkTo(adminUrl(site.url, 'options-general.php?page=igny8')) })}</li>
        <li>{t('paste')}</li>
      </ol>
      <Text size="sm" c="dimmed">
        {t('orPerson')}
      </Text>
    </>
  )
}

function Unattended({ apiKey }: { apiKey: string | undefined }): ReactNode {
  const t = useTranslations('onboarding.connect')
  const origin = window.location.origin
  const constants = [define('IGNY8_API_URL', origin), define('IGNY8_API_KEY', apiKey ?? KEY_TO_COME)]
  const commands = [
    `wp config set IGNY8_API_URL '${origin}'`,
    `wp plugin install '${origin}/plugin/igny8-wordpress-bridge.zip' --activate`,
    'wp igny8 connect --key=-',
  ]
  return (
    <>
      <CodeBlock label={t('constants')} code={constants.join('\n')} />
      <CodeBlock label={t('cli')} code={commands.join('\n')} />
    </>
  )
}

function Details(): ReactNode {
  const t = useTranslations('onboarding.connect')
  const site = useThisSite()
  return (
    <details>
      <Text component="summary" size="sm" style={{ cursor: 'pointer' }}>
        {t('details')}
      </Text>
      <Stack mt="sm">
        <CopyField label={t('siteId')} value={site.id} />
        <CopyField label={t('apiUrl')} value={window.location.origin} />
      </Stack>
    </details>
  )
}

/** For those who don’t connect by consent: a key for the plugin’s page, constants, or WP-CLI. */
export function ByKey({ making }: { making: KeyMaking }): ReactNode {
  const t = useTranslations('onboarding.connect')
  const [way, setWay] = useState('hand')
  return (
    <details>
      <Text component="summary" fw={600} style={{ cursor: 'pointer' }}>
        {t('heading')}
      </Text>
      <Stack gap="lg" mt="md">
        <KeyMaker making={making} />
        <NativeSelect
          label={t('way')}
          maw={320}
          value={way}
          onChange={(event) => setWay(event.currentTarget.value)}
          data={[
            { value: 'hand', label: t('byHand') },
            { value: 'unattended', label: t('unattended') },
          ]}
        />
        {way === 'hand' ? <ByHand /> : <Unattended apiKey={making.data?.key} />}
        <Details />
      </Stack>
    </details>
  )
}
