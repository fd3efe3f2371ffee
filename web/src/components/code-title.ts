import { useTranslations } from 'use-intl'
import { LINK_ERRORS, type LinkErrorCode } from '../../../src/contract/link-errors.ts'
import type { Messages } from '../i18n/en/index.ts'
import { useProblemText } from './use-problem-text.ts'

type OwnCode = keyof Messages['activity']['codes']

const isLinkError = (code: string): code is LinkErrorCode => Object.hasOwn(LINK_ERRORS, code)

/** `some_code` as words, for codes that are newer than this page. */
export const wordsOfCode = (code: string): string => {
  const words = code.replaceAll(/[_-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What an error code means, in a few words. */
export function useCodeTitle(): (code: string) => string {
  const t = useTranslations('activity.codes')
  const textOf = useProblemText()
  return (code) => {
    if (/^[a-z_]+$/.test(code) && t.has(code as OwnCode)) return t(code as OwnCode)
    return textOf({ code, title: isLinkError(code) ? LINK_ERRORS[code].title : wordsOfCode(code) }).title
  }
}
