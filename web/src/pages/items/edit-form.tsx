import { Box, Button, Group, NativeSelect, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors, isCode } from '../../api/errors.ts'
import type { Item } from '../../api/types.ts'
import { notifyDone } from '../../components/notify.ts'
import { ErrorState } from '../../components/states.tsx'
import { useLeaveGuard } from '../../components/use-leave-guard.ts'
import { useUpdateItem } from '../../queries/items.ts'
import { AuthorField } from './author-field.tsx'
import { KNOWN_STATUSES, useFieldLabel, useStatusLabel } from './field-label.ts'
import { SeoFields } from './seo-fields.tsx'
import { StaleEditNotice } from './stale-edit-notice.tsx'
import { useDraft } from './use-draft.ts'

const hasBlocks = (body: string) => body.includes('<!-- wp:')

interface EditFormProps {
  item: Item
  onClose: () => void
}

/** A simple editor of the IGNY8 side. It never overwrites a newer change unseen, and keeps what was typed. */
export default function EditForm({ item, onClose }: EditFormProps): ReactNode {
  const t = useTranslations('items.edit')
  const common = useTranslations('common')
  const draft = useDraft(item)
  const update = useUpdateItem(item.site_id, item.id)
  const heading = useRef<HTMLHeadingElement>(null)
  const mayLeave = useLeaveGuard(draft.isDirty, t('leave'))
  useEffect(() => heading.current?.focus(), [])
  const save = (revision: number) => {
    const onSuccess = () => {
      void notifyDone(common('saved'))
      onClose()
    }
    update.mutate({ ...draft.changes, if_revision: revision }, { onSuccess })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (draft.isDirty) save(draft.revision)
    else onClose()
  }
  const isRefused = isCode(update.error, 'conflict')
  return (
    <Box className="panel" p="lg" component="section" aria-labelledby="edit-heading">
      <form onSubmit={submit} noValidate>
        <Stack>
          <Title order={2} size="h3" id="edit-heading" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
            {t('title')}
          </Title>
          {draft.isStale && (
            <StaleEditNotice
              item={item}
              changes={draft.changes}
              isRefused={isRefused}
              isSaving={update.isPending}
              onKeepMine={() => save(item.revision)}
              onTakeTheirs={() => {
                update.reset()
                draft.startOver()
              }}
            />
          )}
          {update.error && !isRefused && <ErrorState error={update.error} />}
          <Fields draft={draft} errors={fieldErrors(update.error)} status={item.status} builder={item.builder} />
          <AuthorField draft={draft} item={item} error={fieldErrors(update.error)['author']} />
          <SeoFields draft={draft} item={item} errors={fieldErrors(update.error)} />
          <Group justify="space-between" gap="sm">
            <Text size="sm" c="dimmed" flex="1 1 220px">
              {t('hint')}
            </Text>
            <Group gap="sm">
              <Button variant="default" onClick={() => mayLeave() && onClose()}>
                {common('cancel')}
              </Button>
              <Button type="submit" disabled={!draft.isDirty || draft.isStale} loading={update.isPending}>
                {common('save')}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Box>
  )
}

const isDated = (status: string): status is 'future' | 'publish' => status === 'future' || status === 'publish'

interface FieldsProps {
  draft: ReturnType<typeof useDraft>
  errors: Record<string, string>
  status: string
  /** The page builder that renders the post; its text is then read-only. */
  builder: string | null
}

function Fields({ draft: { values, set }, errors, status, builder }: FieldsProps): ReactNode {
  const t = useTranslations('items.edit')
  const fieldLabel = useFieldLabel()
  const statusLabel = useStatusLabel()
  // a custom status of the site stays selected until another is chosen
  const statuses = KNOWN_STATUSES.some((known) => known === status) ? KNOWN_STATUSES : [status, ...KNOWN_STATUSES]
  const monospaced = hasBlocks(values.body) && {
    styles: { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } },
  }
  return (
    <>
      <TextInput label={fieldLabel('title')} value={values.title} onChange={set('title')} error={errors['title']} />
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <TextInput
          label={fieldLabel('slug')}
          maxLength={200}
          miw={220}
          value={values.slug}
          onChange={set('slug')}
          error={errors['slug']}
        />
        <NativeSelect
          label={fieldLabel('status')}
          miw={180}
          value={values.status}
          onChange={set('status')}
          data={statuses.map((value) => ({ value, label: statusLabel(value) }))}
          error={errors['status']}
        />
        <TextInput
          type="datetime-local"
          label={fieldLabel('date')}
          description={t(`date.${isDated(values.status) ? values.status : 'other'}`)}
          miw={220}
          value={values.date}
          onChange={set('date')}
          error={errors['date']}
        />
      </Group>
      <Textarea
        label={fieldLabel('excerpt')}
        rows={3}
        value={values.excerpt}
        onChange={set('excerpt')}
        error={errors['excerpt']}
      />
      <Textarea
        label={fieldLabel('body')}
        rows={16}
        readOnly={builder !== null}
        description={builder !== null && t('builder', { builder: builder.replaceAll('_', ' ') })}
        value={values.body}
        onChange={set('body')}
        error={errors['body']}
        {...monospaced}
      />
    </>
  )
}
