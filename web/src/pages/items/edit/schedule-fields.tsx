import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconCalendarClock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../../api/types.ts'
import { KNOWN_STATUSES, useFieldLabel, useStatusLabel } from '../field-label.ts'
import { fromZonedTime, type SiteZone, toZonedTime, useSiteZone } from '../site-zone.ts'
import type { Draft } from '../use-draft.ts'

const DAY_MS = 86_400_000
const MORNING = '09:00'
const isDated = (status: string): status is 'future' | 'publish' => status === 'future' || status === 'publish'

/** Tomorrow morning in a zone, as the API has dates. */
const tomorrowMorning = (zone: string): string => {
  const tomorrow = toZonedTime(new Date(Date.now() + DAY_MS).toISOString(), zone).slice(0, 'YYYY-MM-DD'.length)
  return fromZonedTime(`${tomorrow}T${MORNING}`, zone)
}

function DateField({
  draft,
  zone: { zone, isOfSite },
  error,
}: {
  draft: Draft
  zone: SiteZone
  error: string | undefined
}): ReactNode {
  const t = useTranslations('editor.date')
  const fieldLabel = useFieldLabel()
  const { status, date } = draft.values
  return (
    <TextInput
      type="datetime-local"
      max="9999-12-30T23:59"
      label={fieldLabel('date')}
      description={[t(isOfSite ? 'siteZone' : 'ownZone', { zone }), isDated(status) && t(status)]
        .filter(Boolean)
        .join(' ')}
      value={toZonedTime(date, zone)}
      onChange={(event) => draft.change('date', fromZonedTime(event.currentTarget.value, zone))}
      error={error}
    />
  )
}

interface ScheduleFieldsProps {
  draft: Draft
  item: Item
  errors: Record<string, string>
}

/** When the item is public: its status, and its date in the time zone of the site. */
export function ScheduleFields({ draft, item, errors }: ScheduleFieldsProps): ReactNode {
  const t = useTranslations('editor.date')
  const fieldLabel = useFieldLabel()
  const statusLabel = useStatusLabel()
  const zone = useSiteZone(item.site_id)
  // a custom status of the site stays selected until another is chosen
  const statuses = KNOWN_STATUSES.some((known) => known === item.status)
    ? KNOWN_STATUSES
    : [item.status, ...KNOWN_STATUSES]
  const isOffered = item.status !== 'publish' && draft.values.status !== 'publish'
  return (
    <>
      <NativeSelect
        label={fieldLabel('status')}
        value={draft.values.status}
        onChange={draft.set('status')}
        data={statuses.map((value) => ({ value, label: statusLabel(value) }))}
        error={errors['status']}
      />
      <DateField draft={draft} zone={zone} error={errors['date']} />
      {isOffered && (
        <Button
          size="compact-sm"
          variant="subtle"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<IconCalendarClock size={16} aria-hidden />}
          onClick={() => {
            draft.change('status', 'future')
            draft.change('date', tomorrowMorning(zone.zone))
          }}
        >
          {t('tomorrow')}
        </Button>
      )}
    </>
  )
}
