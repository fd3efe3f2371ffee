import { Button, Group, Stack, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import type { Endpoint } from '../../api/types.ts'
import { notifyDone } from '../../components/notify.ts'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useCreateEndpoint, useUpdateEndpoint } from '../../queries/notifications.ts'

interface EndpointFormProps {
  /** The endpoint to change; null for a new one. */
  endpoint: Endpoint | null
  onMade: (secret: string) => void
  onDone: () => void
}

/** Name and URL of an endpoint. The API decides which URLs are allowed. */
export function EndpointForm({ endpoint, onMade, onDone }: EndpointFormProps): ReactNode {
  const t = useTranslations('notifications.dialog')
  const c = useTranslations('common')
  const create = useCreateEndpoint()
  const update = useUpdateEndpoint(endpoint?.id ?? '')
  const initial = { name: endpoint?.name ?? t('defaultName'), url: endpoint?.url ?? '' }
  const fields = useFields(initial, ({ name, url }) => ({
    ...(name.trim() === '' && { name: t('checkName') }),
    ...(!/^https?:\/\/\S+$/i.test(url.trim()) && { url: t('checkUrl') }),
  }))
  const onError = (error: Error) => fields.refuse(fieldErrors(error))
  const send = fields.submit(({ name, url }) => {
    const body = { name: name.trim(), url: url.trim() }
    const onSaved = () => {
      onDone()
      void notifyDone(t('saved', { name: body.name }))
    }
    if (endpoint) update.mutate(body, { onSuccess: onSaved, onError })
    else create.mutate(body, { onSuccess: ({ secret }) => onMade(secret), onError })
  })
  const error = create.error ?? update.error
  const isOfFields = Object.keys(fieldErrors(error)).length > 0
  return (
    <form onSubmit={send} noValidate>
      <Stack>
        {error && !isOfFields && <ErrorState error={error} />}
        <TextInput label={t('name')} description={t('nameHint')} maxLength={200} {...fields.bind('name')} />
        <TextInput
          label={t('url')}
          description={t('urlHint')}
          type="url"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={2000}
          data-autofocus
          {...fields.bind('url')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {c('cancel')}
          </Button>
          <Button type="submit" loading={create.isPending || update.isPending}>
            {endpoint ? t('save') : t('add')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
