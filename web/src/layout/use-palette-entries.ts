import { useDebouncedValue } from '@mantine/hooks'
import { useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import { titleText } from '../components/title-text.ts'
import { notifyDone, notifyFailure } from '../components/notify.ts'
import { useItems } from '../queries/items.ts'
import { entriesOf } from '../queries/paging.ts'
import { useMay } from '../queries/session.ts'
import { useIntegration, useSiteNames } from '../queries/sites.ts'
import { useStartSync } from '../queries/sync.ts'

/** Somewhere to go, or something to do. */
interface PaletteEntry {
  id: string
  label: string
  /** What it is: "Site", "Page", "Item", "Action". */
  kind: string
  run: () => void
}

const TYPING_PAUSE_MS = 150

const TABS = ['content-types', 'items', 'activity', 'connection', 'settings'] as const
const TAB_LABELS = {
  'content-types': 'contentTypes',
  items: 'items',
  activity: 'activity',
  connection: 'connection',
  settings: 'settings',
} as const
const PAGES = ['sites', 'members', 'notifications'] as const

/** The site of the address; null on pages of the account. */
function useSiteInAddress(): string | null {
  const [pathname] = useLocation()
  const id = /^\/sites\/([^/]+)/.exec(pathname)?.[1]
  return id === undefined || id === 'new' ? null : id
}

function useActions(siteId: string | null): PaletteEntry[] {
  const t = useTranslations('lists.palette')
  const mayEdit = useMay('editor')
  const { data: integration } = useIntegration(siteId ?? '')
  const starting = useStartSync(integration?.id ?? '')
  if (siteId === null || !mayEdit || !integration) return []
  const sync = () =>
    starting.mutate('both', {
      onSuccess: () => void notifyDone(t('syncStarted')),
      onError: (error) => void notifyFailure(t('syncFailed'), error),
    })
  return [{ id: 'sync', label: t('sync'), kind: t('action'), run: sync }]
}

/** Items of the site whose title or text has what is typed, never those of an earlier text: Enter would open one of them. */
function useFoundItems(siteId: string | null, text: string, go: (path: string) => void): PaletteEntry[] {
  const t = useTranslations('lists.palette')
  const [asked] = useDebouncedValue(text, TYPING_PAUSE_MS)
  const { data, isPlaceholderData } = useItems(siteId ?? '', { q: asked }, siteId !== null && asked.length > 1)
  if (text.length < 2 || text !== asked || isPlaceholderData) return []
  return entriesOf(data)
    .slice(0, 8)
    .map(({ id, title, site_id: of }) => ({
      id,
      label: titleText(title) || t('untitled'),
      kind: t('item'),
      run: () => go(`/sites/${of}/items/${id}`),
    }))
}

/** Everything that fits what is typed. @param text trimmed; @param onDone after something was chosen */
export function usePaletteEntries(text: string, onDone: () => void): PaletteEntry[] {
  const t = useTranslations('lists.palette')
  const shell = useTranslations('shell')
  const [, navigate] = useLocation()
  const siteId = useSiteInAddress()
  const { data: sites = [] } = useSiteNames()
  const go = (path: string) => navigate(path)
  const actions = useActions(siteId)
  const found = useFoundItems(siteId, text, go)
  const tabs = siteId === null ? [] : TABS
  const fixed: PaletteEntry[] = [
    ...tabs.map((tab) => ({
      id: tab,
      label: shell(`tabs.${TAB_LABELS[tab]}`),
      kind: t('page'),
      run: () => go(`/sites/${siteId ?? ''}/${tab}`),
    })),
    ...actions,
    ...sites.map(({ id, name }) => ({
      id,
      label: name,
      kind: t('site'),
      run: () => go(`/sites/${id}/content-types`),
    })),
    ...PAGES.map((page) => ({ id: page, label: shell(page), kind: t('page'), run: () => go(`/${page}`) })),
  ]
  const words = text.toLowerCase().split(/\s+/)
  const fits = ({ label, kind }: PaletteEntry) => words.every((word) => `${label} ${kind}`.toLowerCase().includes(word))
  return [...fixed.filter(fits).slice(0, 12), ...found].map(({ id, label, kind, run }) => ({
    id,
    label,
    kind,
    run: () => {
      run()
      onDone()
    },
  }))
}
