import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { Messages } from '../i18n/en/index.ts'
import { useProblemText } from './use-problem-text.ts'

type OwnCode = keyof Messages['common']['codes']
type Titles = Readonly<Record<string, { title: string }>>

/** Loads the API's table of link errors on demand: it is large, and most pages don't need it. */
async function loadTitles(): Promise<Titles> {
  const { LINK_ERRORS } = await import('../../../src/contract/link-errors.ts')
  return LINK_ERRORS
}

/** Turns `some_code` into words, for codes that this version doesn't know. */
export const wordsOfCode = (code: string): string => {
  const words = code.replaceAll(/[_-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Returns the title of an error code. */
export function useCodeTitle(): (code: string) => string {
  const t = useTranslations('common.codes')
  const textOf = useProblemText()
  const { data: titles } = useQuery({ queryKey: ['code-titles'], queryFn: loadTitles, staleTime: Infinity })
  return (code) => {
    if (/^[a-z_]+$/.test(code) && t.has(code as OwnCode)) return t(code as OwnCode)
    const title = titles && Object.hasOwn(titles, code) ? titles[code]?.title : undefined
    return textOf({ code, title: title ?? wordsOfCode(code) }).title
  }
}
