import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import type { Site } from '../../api/types.ts'
import { notifyDone } from '../../components/notify.ts'
import { ErrorState } from '../../components/states.tsx'
import { useDeleteSite } from '../../queries/sites.ts'

/** Deletes the site after its name is typed. */
export default function DeleteDialog({ site, onClose }: { site: Site; onClose: () => void }): ReactNode {
  const t = useTranslations('settings.danger')
  const c = useTranslations('common')
  const deletion = useDeleteSite(site.id)
  const [, navigate] = useLocation()
  const [typed, setTyped] = useState('')
  const isMeant = typed.trim() === site.name.trim()
  const remove = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!isMeant) return
    deletion.mutate(undefined, {
      onSuccess: () => {
        navigate('/sites', { replace: true })
        void notifyDone(t('done', { site: site.name }))
      },
    })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title={t('title', { site: site.name })}
      closeButtonProps={{ 'aria-label': c('close') }}
    >
      <form onSubmit={remove}>
        <Stack>
          <Text>{t('what')}</Text>
          {deletion.error && <ErrorState error={deletion.error} />}
          <TextInput
            label={t('type', { name: site.name })}
            autoComplete="off"
            data-autofocus
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" color="red.9" disabled={!isMeant} loading={deletion.isPending}>
              {t('confirm')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
