import { Anchor, type AnchorProps, VisuallyHidden } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'

const isWeb = (url: string): boolean => /^https?:$/.test(URL.parse(url)?.protocol ?? '')

/** A link out of the app, in a tab of its own; plain text where the address isn't one of the web. */
export function WebLink({ href, children, ...anchor }: AnchorProps & { href: string; children: ReactNode }): ReactNode {
  const t = useTranslations('common')
  if (!isWeb(href)) return children
  return (
    <Anchor href={href} target="_blank" rel="noopener noreferrer" {...anchor}>
      {children}
      <IconExternalLink size={14} aria-hidden style={{ marginInlineStart: 4, verticalAlign: '-2px' }} />
      <VisuallyHidden> {t('newTab')}</VisuallyHidden>
    </Anchor>
  )
}

/** A link out of the app round a part of a message. */
export const linkTo =
  (href: string) =>
  (text: ReactNode): ReactNode => <WebLink href={href}>{text}</WebLink>
