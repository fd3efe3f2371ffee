import { VisuallyHidden } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from './data-list.module.css'

const isWebAddress = (url: string) => /^https?:\/\//i.test(url) && URL.canParse(url)

interface OutsideLinkProps {
  url: string
  children: ReactNode
  /** What it leads to, where the text alone doesn't say it. */
  label?: string
  /** In the colour of the text round it. */
  isQuiet?: boolean
}

/** A link away from here, in a new tab. An address from a site that is none of the web is shown, and leads nowhere. */
export function OutsideLink({ url, children, label, isQuiet = false }: OutsideLinkProps): ReactNode {
  const t = useTranslations('common')
  if (!isWebAddress(url)) return <span>{url}</span>
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className={isQuiet ? classes.quiet : classes.link}>
      {label ? <span aria-hidden>{children}</span> : children}
      <IconExternalLink size={14} aria-hidden style={{ marginInlineStart: 4, verticalAlign: '-2px' }} />
      <VisuallyHidden>
        {label} {t('newTab')}
      </VisuallyHidden>
    </a>
  )
}

/** A link away from here round a part of a message. */
export const outsideLinkTo =
  (url: string) =>
  (text: ReactNode): ReactNode => <OutsideLink url={url}>{text}</OutsideLink>
