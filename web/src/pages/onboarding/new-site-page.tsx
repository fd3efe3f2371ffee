import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useMay } from '../../queries/session.ts'
import { useCreateSite } from '../../queries/sites.ts'
import classes from './onboarding.module.css'
import { completeAddress, hostOf, isSiteAddress } from './site-address.ts'

function NewSiteForm(): ReactNode {
  const t = useTranslations('onboarding.site')
  const create = useCreateSite()
  const [, navigate] = useLocation()
  const fields = useFields({ url: '', name: '' }, ({ url, name }) => ({
    ...(!isSiteAddress(completeAddress(url)) && { url: t('checkUrl') }),
    ...(name.trim() === '' && hostOf(completeAddress(url)) === '' && { name: t('checkName') }),
  }))
  const { url, name } = fields.values
  const address = completeAddress(url)
  const complete = () => {
    if (!isSiteAddress(address)) return
    fields.set({ url: address, ...(name.trim() === '' && { name: hostOf(address) }) })
  }
  const send = fields.submit(() => {
    const body = { url: address, name: name.trim() || hostOf(address) }
    create.mutate(body, {
      // replaces this page in the history, since going back would add the site again
      onSuccess: (site) => navigate(`/sites/${site.id}/connect`, { replace: true }),
      onError: (error) => fields.refuse(fieldErrors(error)),
    })
  })
  const isOfFields = Object.keys(fieldErrors(create.error)).length > 0
  return (
    <form onSubmit={send} noValidate aria-label={t('heading')}>
      <Stack>
        <Title order={2}>{t('heading')}</Title>
        {create.error && !isOfFields && <ErrorState error={create.error} />}
        <TextInput
          label={t('url')}
          description={t('urlHint')}
          placeholder={t('urlPlaceholder')}
          inputMode="url"
          autoComplete="url"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={2000}
          {...fields.bind('url')}
          onBlur={complete}
        />
        {/^http:/i.test(address) && (
          <Text size="sm" c="var(--app-warn)">
            {t('insecure')}
          </Text>
        )}
        <TextInput label={t('name')} description={t('nameHint')} maxLength={200} {...fields.bind('name')} />
        <Group>
          <Button type="submit" loading={create.isPending}>
            {t('create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Adds the site: its address is all that has to be typed. */
export default function NewSitePage(): ReactNode {
  const t = useTranslations('onboarding')
  const mayAdd = useMay('admin')
  return (
    <Page title={t('newTitle')} description={t('newText')}>
      <div className="panel">
        {mayAdd ? (
          <div className={classes.body} style={{ maxWidth: 560 }}>
            <NewSiteForm />
          </div>
        ) : (
          <EmptyState icon={<IconLock />} title={t('adminOnly')} text={t('viewerText')} />
        )}
      </div>
    </Page>
  )
}
