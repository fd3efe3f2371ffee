import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import type { Site } from '../../api/types.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useMay } from '../../queries/session.ts'
import { useUpdateSite } from '../../queries/sites.ts'
import { completeAddress, isSiteAddress } from '../onboarding/site-address.ts'

/** Name and address of the site; read-only without permission. */
export function SiteForm({ site }: { site: Site }): ReactNode {
  const t = useTranslations('settings.site')
  const c = useTranslations('common')
  const mayChange = useMay('admin')
  const update = useUpdateSite(site.id)
  const fields = useFields({ name: site.name, url: site.url }, ({ name, url }) => ({
    ...(name.trim() === '' && { name: t('checkName') }),
    ...(!isSiteAddress(completeAddress(url)) && { url: t('checkUrl') }),
  }))
  const { name, url } = fields.values
  const isChanged = name !== site.name || url !== site.url
  const send = fields.submit(() =>
    update.mutate(
      { name: name.trim(), url: completeAddress(url) },
      {
        // the API normalises the address, and the field shows the result
        onSuccess: (saved) => fields.set({ name: saved.name, url: saved.url }),
        onError: (error) => fields.refuse(fieldErrors(error)),
      },
    ),
  )
  const isOfFields = Object.keys(fieldErrors(update.error)).length > 0
  return (
    <Panel heading={t('heading')} text={mayChange ? t('text') : t('adminOnly')}>
      <form onSubmit={send} noValidate aria-label={t('heading')}>
        <Stack maw={560}>
          {update.error && !isOfFields && <ErrorState error={update.error} />}
          <TextInput label={t('name')} maxLength={200} readOnly={!mayChange} {...fields.bind('name')} />
          <TextInput
            label={t('url')}
            description={t('urlHint')}
            inputMode="url"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={2000}
            readOnly={!mayChange}
            {...fields.bind('url')}
          />
          {mayChange && (
            <Group>
              <Button type="submit" disabled={!isChanged} loading={update.isPending}>
                {c('save')}
              </Button>
              <Text size="sm" c="var(--app-good)" component="output" aria-live="polite">
                {update.isSuccess && !isChanged && t('saved')}
              </Text>
            </Group>
          )}
        </Stack>
      </form>
    </Panel>
  )
}
