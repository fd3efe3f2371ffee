import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { parseHtml } from '../../../editor/model/html.ts'
import { titleText } from '../../../components/title-text.ts'
import { useThisSite } from '../../../layout/site-context.ts'
import type { Draft } from '../use-draft.ts'
import classes from './edit.module.css'

/** About what search engines show. */
export const SHOWN = { 'seo.title': 60, 'seo.description': 155 } as const

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text)

/** Beginning of a body as text. Only as much of it is read as can be needed. */
const beginningOf = (body: string): string =>
  (parseHtml(body.slice(0, 4_000).replaceAll(/<(script|style)[\s\S]*?(?:<\/\1>|$)/gi, '')).textContent ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** The item as a result of a search engine. */
export function SearchPreview({ draft: { values } }: { draft: Draft }): ReactNode {
  const t = useTranslations('editor.seo')
  const site = useThisSite()
  const title = values['seo.title'] || titleText(values.title)
  const description = values['seo.description'] || values.excerpt || beginningOf(values.body)
  const host = site.url.replace(/^https?:\/\//, '')
  return (
    <figure className={classes.result} aria-label={t('preview')}>
      <Text size="xs" c="dimmed" truncate>
        {[host, values.slug].filter(Boolean).join(' › ')}
      </Text>
      <Text className={classes.resultTitle}>{cut(title, SHOWN['seo.title']) || t('noTitle')}</Text>
      <Text size="sm">{cut(description, SHOWN['seo.description']) || t('noDescription')}</Text>
    </figure>
  )
}
