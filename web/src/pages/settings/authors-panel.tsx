import { ActionIcon, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Integration, SiteAuthor } from '../../api/types.ts'
import { notifyFailure } from '../../components/notify.ts'
import { Panel } from '../../components/panel.tsx'
import { useAuthors, useUpdateIntegration } from '../../queries/connection.ts'
import { useIntegration } from '../../queries/sites.ts'

type Mapped = [name: string, user: number | string]

/** The stored map, by name. */
function mapOf({ config_json: config }: Integration): Mapped[] {
  const map = config.author_map
  if (typeof map !== 'object' || map === null) return []
  return Object.entries(map)
    .filter((entry): entry is Mapped => typeof entry[1] === 'number' || typeof entry[1] === 'string')
    .toSorted(([left], [right]) => left.localeCompare(right))
}

interface MappedRowProps {
  entry: Mapped
  authors: readonly SiteAuthor[]
  onRemove: () => void
}

function MappedRow({ entry: [name, user], authors, onRemove }: MappedRowProps): ReactNode {
  const t = useTranslations('settings.authors')
  const known = authors.find(({ id }) => id === user)
  return (
    <Group component="li" justify="space-between" gap="sm" wrap="nowrap">
      <Text size="sm">
        {name} → {known ? known.name : user}
      </Text>
      <ActionIcon variant="subtle" color="gray" aria-label={t('remove', { name })} onClick={onRemove}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Group>
  )
}

interface NewEntryProps {
  authors: readonly SiteAuthor[]
  isSaving: boolean
  onAdd: (entry: Mapped) => void
}

function NewEntry({ authors, isSaving, onAdd }: NewEntryProps): ReactNode {
  const t = useTranslations('settings.authors')
  const [name, setName] = useState('')
  const [user, setUser] = useState('')
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (name.trim() === '' || user.trim() === '') return
    onAdd([name.trim(), authors.some(({ id }) => String(id) === user) ? Number(user) : user.trim()])
    setName('')
    setUser('')
  }
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="sm">
        <TextInput
          label={t('name')}
          maxLength={200}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {authors.length > 0 ? (
          <NativeSelect
            label={t('user')}
            value={user}
            onChange={({ currentTarget }) => setUser(currentTarget.value)}
            data={[
              { value: '', label: t('choose') },
              ...authors.map(({ id, name: label }) => ({ value: String(id), label })),
            ]}
          />
        ) : (
          <TextInput
            label={t('user')}
            description={t('userHint')}
            maxLength={200}
            value={user}
            onChange={({ currentTarget }) => setUser(currentTarget.value)}
          />
        )}
        <Button type="submit" variant="default" loading={isSaving} disabled={name.trim() === '' || user.trim() === ''}>
          {t('add')}
        </Button>
      </Group>
    </form>
  )
}

function AuthorMap({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('settings.authors')
  const { data } = useAuthors(integration.id)
  const update = useUpdateIntegration(integration)
  const entries = mapOf(integration)
  const authors = data?.results ?? []
  const save = (name: string, user: number | string | null) =>
    update.mutate(
      { config_json: { author_map: { [name]: user } } },
      { onError: (error) => void notifyFailure(t('failed'), error) },
    )
  return (
    <Stack>
      {entries.length > 0 && (
        <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
          {entries.map((entry) => (
            <MappedRow key={entry[0]} entry={entry} authors={authors} onRemove={() => save(entry[0], null)} />
          ))}
        </Stack>
      )}
      <NewEntry authors={authors} isSaving={update.isPending} onAdd={([name, user]) => save(name, user)} />
    </Stack>
  )
}

/** Which user of the site an author's name in IGNY8 stands for. */
export function AuthorsPanel({ siteId }: { siteId: string }): ReactNode {
  const t = useTranslations('settings.authors')
  const { data: integration } = useIntegration(siteId)
  if (!integration) return null
  return (
    <Panel heading={t('heading')} text={t('text')}>
      <AuthorMap integration={integration} />
    </Panel>
  )
}
