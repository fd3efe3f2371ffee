import { Box, Group, NativeSelect, Text, Title } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Item, ItemVersion } from '../../api/types.ts'
import { WholeText } from '../../components/diff/body-diff.tsx'
import { metaText } from '../../components/diff/compare-versions.ts'
import classes from '../../components/diff/diff.module.css'
import VersionDiff from '../../components/diff/version-diff.tsx'
import { useFieldLabel } from './field-label.ts'
import { useItemTitles } from '../../queries/items.ts'
import { seoPluginName } from './seo-plugin-name.ts'
import { parentsOf, useValueText } from './value-text.ts'

type View = 'sides' | 'wordpress' | 'igny8'
const VIEWS: readonly View[] = ['sides', 'wordpress', 'igny8']

interface Compared {
  left: ItemVersion
  right: ItemVersion
  leftLabel: string
  rightLabel: string
}

/** The two versions a view compares; null if one is missing. */
function useCompared(item: Item, view: View): Compared | null {
  const t = useTranslations('items.side')
  const wordpress = item.conflict ? item.conflict.wordpress : item.wordpress
  const base = item.conflict?.base ?? item.base
  const [left, right] = {
    sides: [wordpress, item],
    wordpress: [base, wordpress],
    igny8: [base, item],
  }[view]
  if (!left || !right) return null
  return {
    left,
    right,
    leftLabel: view === 'sides' ? t('wordpress') : t('base'),
    rightLabel: view === 'wordpress' ? t('wordpress') : t('igny8'),
  }
}

/** Meta fields of an item. */
function MetaList({ meta }: { meta: Item['meta'] }): ReactNode {
  const t = useTranslations('items')
  const entries = Object.entries(meta)
  if (entries.length === 0) return null
  return (
    <details className={classes.fold}>
      <summary>{t('meta', { count: entries.length })}</summary>
      <Box component="dl" m={0}>
        {entries.map(([key, value]) => (
          <Box key={key} mb="xs">
            <Text component="dt" size="xs" c="dimmed">
              {key}
            </Text>
            <Text component="dd" m={0} size="sm" className={classes.text}>
              {metaText(value)}
            </Text>
          </Box>
        ))}
      </Box>
    </details>
  )
}

/** What is set of the SEO plugin's fields. */
function SeoList({ seo }: { seo: Item['seo'] }): ReactNode {
  const t = useTranslations('items.seo')
  const fieldLabel = useFieldLabel()
  if (!seo) return null
  const { provider, ...fields } = seo
  const entries = Object.entries(fields).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])
  const set = entries.filter((entry): entry is [string, string] => Boolean(entry[1]))
  return (
    <details className={classes.fold}>
      <summary>{t('set', { plugin: seoPluginName(provider), count: set.length })}</summary>
      <Box component="dl" m={0}>
        {set.map(([name, value]) => (
          <Box key={name} mb="xs">
            <Text component="dt" size="xs" c="dimmed">
              {fieldLabel(`seo.${name}`)}
            </Text>
            <Text component="dd" m={0} size="sm" className={classes.text}>
              {value}
            </Text>
          </Box>
        ))}
      </Box>
    </details>
  )
}

/** Body of the item in IGNY8. */
function WholeItem({ item, isOpen }: { item: Item; isOpen: boolean }): ReactNode {
  const t = useTranslations('items')
  const fieldLabel = useFieldLabel()
  return (
    <Box p="lg" style={{ borderTop: '1px solid var(--app-line)' }}>
      {item.excerpt && (
        <Box mb="md">
          <h3 className={classes.name}>{fieldLabel('excerpt')}</h3>
          <div className={classes.text}>{item.excerpt}</div>
        </Box>
      )}
      <details className={classes.fold} open={isOpen}>
        <summary>{t('wholeBody')}</summary>
        {item.body === '' ? (
          <Text size="sm" c="dimmed">
            {t('emptyBody')}
          </Text>
        ) : (
          <WholeText text={item.body} label={t('wholeBody')} />
        )}
      </details>
      <SeoList seo={item.seo} />
      <MetaList meta={item.meta} />
    </Box>
  )
}

/** Both sides of an item and their differences. */
export default function ItemSides({ item }: { item: Item }): ReactNode {
  const t = useTranslations('items')
  const fieldLabel = useFieldLabel()
  const valueText = useValueText(useItemTitles(item.site_id, parentsOf(item)))
  const [view, setView] = useState<View>('sides')
  const isDeletedThere = item.conflict !== null && item.conflict.wordpress === null
  const compared = useCompared(item, isDeletedThere ? 'igny8' : view)
  const hasViews = item.conflict !== null && item.conflict.base !== null && item.conflict.wordpress !== null
  const alone = item.external_id === null ? t('diff.notThereYet') : t('diff.noOtherSide')
  const note = (text: string) => (
    <Text size="sm" c="dimmed" p="lg">
      {text}
    </Text>
  )
  return (
    <section className="panel" aria-labelledby="sides-heading">
      <Group justify="space-between" px="lg" pt="lg" gap="sm">
        <Title order={2} size="h3" id="sides-heading">
          {t('diff.title')}
        </Title>
        {hasViews && (
          <NativeSelect
            aria-label={t('diff.view')}
            size="xs"
            value={view}
            onChange={({ currentTarget }) => setView(VIEWS.find((name) => name === currentTarget.value) ?? 'sides')}
            data={VIEWS.map((name) => ({ value: name, label: t(`diff.views.${name}`) }))}
          />
        )}
      </Group>
      {item.state === 'external_ahead' && note(t('diff.outdated'))}
      {isDeletedThere && compared && note(t('diff.deletedThere'))}
      {compared ? (
        <div>
          <VersionDiff {...compared} fieldLabel={fieldLabel} valueText={valueText} equal={note(t('diff.equal'))} />
        </div>
      ) : (
        note(alone)
      )}
      <WholeItem item={item} isOpen={!compared || item.state === 'synced'} />
    </section>
  )
}
