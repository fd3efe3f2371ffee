import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useFormatter, useTranslations } from 'use-intl'
import type { Item, ItemSummary } from '../../api/types.ts'
import classes from '../../components/data-list.module.css'
import { OutsideLink } from '../../components/outside-link.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { useItemTitles } from '../../queries/items.ts'
import { useFieldLabel, useStatusLabel } from './field-label.ts'
import { useItemDate } from './use-item-date.ts'
import { typeLabel, useTypeRows } from './use-type-rows.ts'

function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** Title of the parent once it is known. */
function ParentLink({ siteId, parentId }: { siteId: string; parentId: string }): ReactNode {
  const titleOf = useItemTitles(siteId, [parentId])
  return (
    <Link href={`/sites/${siteId}/items/${parentId}`} className={classes.link}>
      {titleOf(parentId)}
    </Link>
  )
}

/** Details of an item. */
export function ItemFacts({ item }: { item: Item | ItemSummary }): ReactNode {
  const t = useTranslations('items')
  const common = useTranslations('common')
  const format = useFormatter()
  const dateText = useItemDate()
  const fieldLabel = useFieldLabel()
  const statusLabel = useStatusLabel()
  const { rows } = useTypeRows(item.site_id)
  const terms = Object.entries(item.terms).filter(([, names]) => names.length > 0)
  return (
    <section className="panel" aria-label={t('facts')}>
      <Text component="dl" p="lg" className={classes.facts}>
        <Fact name={t('column.type')}>{typeLabel(rows, item.type)}</Fact>
        <Fact name={fieldLabel('status')}>{statusLabel(item.status)}</Fact>
        {item.protected && <Fact name={t('visibility')}>{common('protected')}</Fact>}
        <Fact name={fieldLabel('slug')}>{item.slug || common('none')}</Fact>
        <Fact name={fieldLabel('date')}>{item.date === null ? common('none') : dateText(item.date)}</Fact>
        {item.parent_id !== null && (
          <Fact name={fieldLabel('parent')}>
            <ParentLink siteId={item.site_id} parentId={item.parent_id} />
          </Fact>
        )}
        {item.author && <Fact name={fieldLabel('author')}>{item.author.name || item.author.id}</Fact>}
        {item.featured_image && (
          <Fact name={fieldLabel('featured')}>
            <OutsideLink url={item.featured_image.url}>{item.featured_image.alt || t('image')}</OutsideLink>
          </Fact>
        )}
        {terms.map(([taxonomy, names]) => (
          <Fact key={taxonomy} name={fieldLabel(`terms.${taxonomy}`)}>
            {names.join(', ')}
          </Fact>
        ))}
        <Fact name={t('externalId')}>{item.external_id ?? t('notThere')}</Fact>
        <Fact name={t('revision')}>{format.number(item.revision)}</Fact>
        <Fact name={t('updated')}>
          <RelativeTime at={item.updated_at} />
        </Fact>
      </Text>
    </section>
  )
}
