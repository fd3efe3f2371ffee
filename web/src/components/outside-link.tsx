import { VisuallyHidden } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from './data-list.module.css'

const isWebAddress = (url: string) => /^https?:\/\//i.test(url) && URL.canParse(url)

interface OutsideLinkProps {
  url: string
  children: ReactNode
  /** Label, if the text alone doesn't name the target. */
  label?: string
  /** Uses the colour of the surrounding text. */
  isQuiet?: boolean
}

/** A link to another site, opened in a new tab. A URL that is not http(s) is shown as text. */
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

/** An outside link around part of a message. */
export const outsideLinkTo =
  (url: string) =>
  (text: ReactNode): ReactNode => <OutsideLink url={url}>{text}</OutsideLink>
