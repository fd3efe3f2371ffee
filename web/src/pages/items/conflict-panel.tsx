import { Alert, Box, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconArrowsSplit, IconInfoCircle } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Item, Resolution } from '../../api/types.ts'
import { ClockTime, RelativeTime } from '../../components/relative-time.tsx'
import { useItemTitles } from '../../queries/items.ts'
import { useMay } from '../../queries/session.ts'
import { ConflictChoice, type Side } from './conflict-choice.tsx'
import { ConflictPreviews } from './conflict-previews.tsx'
import { ConflictResult } from './conflict-result.tsx'
import { useFieldLabel } from './field-label.ts'
import { MergeSection } from './merge/merge-section.tsx'
import { parentsOf, usePartText } from './value-text.ts'
import type { ItemWork } from './use-item-work.ts'

export type Conflict = NonNullable<Item['conflict']>

/** The side that deleted the item; null if both have it. */
const deletedBy = ({ deleted }: Item, { fields }: Conflict): 'wordpress' | 'igny8' | null =>
  fields.includes('deleted') ? (deleted ? 'igny8' : 'wordpress') : null

/** One side for all fields if they agree, else a side per field; a body that was put together takes the place of both. */
function toResolution(
  fields: readonly string[],
  choices: Readonly<Record<string, Side>>,
  merged: string | null,
): Resolution {
  if (merged !== null) {
    const { body: _body, ...others } = choices
    return { values: { body: merged }, ...(Object.keys(others).length > 0 && { fields: others }) }
  }
  const [first] = fields
  const choice = first === undefined ? undefined : choices[first]
  if (choice && fields.every((field) => choices[field] === choice)) return { choice }
  return { fields: Object.fromEntries(fields.flatMap((field) => (choices[field] ? [[field, choices[field]]] : []))) }
}

/** The chosen side of each field, for the revision on the screen. A new revision clears the choice. */
function useChoices(revision: number) {
  const [shown, setShown] = useState(revision)
  const [choices, setChoices] = useState<Record<string, Side>>({})
  const [merged, setMerged] = useState<string | null>(null)
  const [isOverrun, setOverrun] = useState(false)
  if (shown !== revision) {
    setShown(revision)
    setOverrun(Object.keys(choices).length > 0 || merged !== null)
    setChoices({})
    setMerged(null)
  }
  return { choices, setChoices, merged, setMerged, isOverrun }
}

interface ConflictPanelProps {
  item: Item
  conflict: Conflict
  work: ItemWork
}

/** What to know before choosing; for a save from an editor that was opened earlier, who made it and when. */
function HowItCame({ conflict: { stale_save: save } }: { conflict: Conflict }): ReactNode {
  const t = useTranslations('items.conflict')
  if (!save) return t('text')
  return t.rich('staleSave', { by: save.by, at: () => <ClockTime at={save.at} /> })
}

function PanelHead({ item, conflict }: Omit<ConflictPanelProps, 'work'>): ReactNode {
  const t = useTranslations('items.conflict')
  const by = deletedBy(item, conflict)
  return (
    <Group gap="sm" align="flex-start" wrap="nowrap">
      <IconArrowsSplit size={22} aria-hidden color="var(--app-warn)" style={{ flexShrink: 0, marginTop: 2 }} />
      <Box>
        <Title order={2} size="h3">
          {by ? t('titleDeleted') : t('title')}
        </Title>
        <Text size="sm" c="dimmed">
          {by ? t(`deletedBy.${by}`) : <HowItCame conflict={conflict} />} {t('since')}{' '}
          <RelativeTime at={conflict.since} />
        </Text>
      </Box>
    </Group>
  )
}

function OneSideForAll({ onChoose }: { onChoose: (side: Side) => void }): ReactNode {
  const t = useTranslations('items.conflict')
  return (
    <Group gap="sm">
      <Button size="xs" variant="default" onClick={() => onChoose('wordpress')}>
        {t('all.wordpress')}
      </Button>
      <Button size="xs" variant="default" onClick={() => onChoose('igny8')}>
        {t('all.igny8')}
      </Button>
    </Group>
  )
}

interface EndingProps {
  isComplete: boolean
  isPending: boolean
  onResolve: () => void
}

function Ending({ isComplete, isPending, onResolve }: EndingProps): ReactNode {
  const t = useTranslations('items.conflict')
  if (!useMay('editor'))
    return (
      <Text size="sm" c="dimmed">
        {t('editorsOnly')}
      </Text>
    )
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm" c="dimmed" flex="1 1 220px">
        {t('canUndo')}
      </Text>
      <Button disabled={!isComplete} loading={isPending} onClick={onResolve}>
        {t('resolve')}
      </Button>
    </Group>
  )
}

/** Resolves a conflict: both versions, a choice per field, and a preview of the result. */
export function ConflictPanel({ item, conflict, work }: ConflictPanelProps): ReactNode {
  const t = useTranslations('items.conflict')
  const mayEdit = useMay('editor')
  const fieldLabel = useFieldLabel()
  const partText = usePartText(useItemTitles(item.site_id, parentsOf(item)))
  const { choices, setChoices, merged, setMerged, isOverrun } = useChoices(item.revision)
  const { fields, wordpress } = conflict
  const by = deletedBy(item, conflict)
  const bodies = !by && wordpress && fields.includes('body') && { wordpress: wordpress.body, igny8: item.body }
  const isMerged = (field: string) => field === 'body' && merged !== null
  const isComplete = fields.every((field) => choices[field] !== undefined || isMerged(field))
  const textOf = (side: Side, field: string) => {
    if (by) return t(`deletion.${by}.${side}`)
    const version = side === 'igny8' ? item : wordpress
    return version ? partText(version, field) : t('gone')
  }
  return (
    <Box className="panel" p="lg" data-testid="conflict">
      <Stack gap="md">
        <PanelHead item={item} conflict={conflict} />
        {isOverrun && (
          <Alert color="yellow" icon={<IconInfoCircle aria-hidden />} role="alert">
            {t('overrun')}
          </Alert>
        )}
        {mayEdit && fields.length > 1 && merged === null && (
          <OneSideForAll onChoose={(side) => setChoices(Object.fromEntries(fields.map((field) => [field, side])))} />
        )}
        {fields.map((field) => (
          <ConflictChoice
            key={field}
            label={by ? t('deletedQuestion') : fieldLabel(field)}
            name={field}
            value={choices[field]}
            isDisabled={!mayEdit || work.pending !== null || isMerged(field)}
            textOf={(side) => textOf(side, field)}
            onChange={(side) => setChoices((before) => ({ ...before, [field]: side }))}
          />
        ))}
        {bodies && <ConflictPreviews {...bodies} />}
        {bodies && mayEdit && item.builder === null && (
          <MergeSection {...bodies} merged={merged} isDisabled={work.pending !== null} onChange={setMerged} />
        )}
        {!by && <ConflictResult fields={fields} choices={choices} isMerged={isMerged} textOf={textOf} />}
        <Ending
          isComplete={isComplete}
          isPending={work.pending === 'resolve'}
          onResolve={() => work.resolve(toResolution(fields, choices, merged))}
        />
      </Stack>
    </Box>
  )
}
