import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ItemSummary } from '../../api/types.ts'
import { OutsideLink } from '../../components/outside-link.tsx'
import { titleText } from '../../components/title-text.ts'
import { useThisSite } from '../../layout/site-context.ts'
import { adminUrl } from '../onboarding/site-address.ts'

/** Only these have an address that visitors can open. */
const PUBLIC = new Set(['publish', 'private'])

interface WordPressLinkProps {
  item: ItemSummary
  /** Whether the words name the target, for want of a column head. */
  isNamed?: boolean
}

/** The item on its site: its page if visitors can see it, else its editor in wp-admin. Nothing while the site has no post. */
export function WordPressLink({ item, isNamed = false }: WordPressLinkProps): ReactNode {
  const t = useTranslations('items')
  const site = useThisSite()
  const { external_id: postId, external_url: page } = item
  if (postId === null || item.state === 'deleted') return null
  const title = titleText(item.title) || t('untitled')
  if (page !== null && PUBLIC.has(item.status))
    return (
      <OutsideLink url={page} {...(!isNamed && { label: t('openInWordPress', { title }) })}>
        {isNamed ? t('onWordPress') : 'WordPress'}
      </OutsideLink>
    )
  if (item.status === 'trash') return null
  const url = adminUrl(site.url, `post.php?post=${encodeURIComponent(postId)}&action=edit`)
  return (
    <OutsideLink url={url} {...(!isNamed && { label: t('editInAdminTitle', { title }) })}>
      {isNamed ? t('editInAdmin') : 'wp-admin'}
    </OutsideLink>
  )
}
