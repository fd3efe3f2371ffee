import { Badge } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Item, VersionEntry } from '../../../api/types.ts'
import classes from './history.module.css'
import { VersionDetails } from './version-details.tsx'
import { useChangedFields, useHowMade } from './version-words.ts'

interface VersionRowProps {
  item: Item
  entry: VersionEntry
  before: VersionEntry | null
  /** Time zone in which times are shown. */
  zone: string
  isOpen: boolean
  onToggle: () => void
}

function VersionTime({ at, zone }: { at: string | null; zone: string }): ReactNode {
  const t = useTranslations('history')
  const format = useFormatter()
  if (at === null) return <span className={classes.time}>{t('noTime')}</span>
  return (
    <time className={classes.time} dateTime={at}>
      {format.dateTime(new Date(at), { dateStyle: 'medium', timeStyle: 'short', timeZone: zone })}
    </time>
  )
}

/** One version of the list; opened, it shows what differs. */
export function VersionRow({ item, entry, before, zone, isOpen, onToggle }: VersionRowProps): ReactNode {
  const t = useTranslations('history')
  const [howMade, changedFields] = [useHowMade(), useChangedFields()]
  const id = useId()
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  const changed = changedFields(entry)
  return (
    <li className={classes.entry} data-version={entry.id}>
      <button type="button" className={classes.row} aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
        <Chevron size={16} aria-hidden className={classes.chevron} />
        <span className={classes.what}>
          <span className={classes.how}>{howMade(entry)}</span>
          {changed !== null && <span className={classes.fields}>{changed}</span>}
        </span>
        <span className={classes.marks}>
          {entry.id === 'current' && <Badge variant="light">{t('current')}</Badge>}
          {entry.side === 'wordpress' && (
            <Badge variant="light" color="gray">
              {t('site')}
            </Badge>
          )}
          {entry.deleted && (
            <Badge variant="light" color="red">
              {t('deleted')}
            </Badge>
          )}
          <VersionTime at={entry.at} zone={zone} />
        </span>
      </button>
      <div id={id} hidden={!isOpen} className={classes.details}>
        {isOpen && <VersionDetails item={item} entry={entry} before={before} />}
      </div>
    </li>
  )
}
