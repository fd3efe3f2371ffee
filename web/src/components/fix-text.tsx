import { type ReactNode, useContext } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { TABS, TabsContext } from './site-tabs.ts'

/** A tab as the texts name it: “under Connection”. What wp-admin has under Settings is something else. */
const namedTab = (label: string): RegExp => new RegExp(`(?<=\\b(?:under|unter) )${label}(?! →)`)

/** What to do about a problem. A tab of the site that it names is a link. */
export function FixText({ text }: { text: string }): ReactNode {
  const t = useTranslations('shell.tabs')
  const siteId = useContext(TabsContext)
  if (siteId === null) return text
  for (const [tab, label] of TABS) {
    const name = t(label)
    const at = text.search(namedTab(name))
    if (at >= 0)
      return (
        <>
          {text.slice(0, at)}
          <Link href={`/sites/${siteId}/${tab}`}>{name}</Link>
          {text.slice(at + name.length)}
        </>
      )
  }
  return text
}
