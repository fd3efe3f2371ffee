import { useLocale } from 'use-intl'
import { textsOf } from '../i18n/texts.ts'

/** What the API says of an error, a reason or a finding. */
export interface Told {
  code: string
  title?: string
  detail?: string | null
  fix?: string | null
}

export interface ProblemWords {
  title: string
  /** What was seen this time, in the API's own language; null where it adds nothing. */
  detail: string | null
  fix: string | null
  /** Language of `detail`, for those who have it read out. */
  detailLanguage: 'en'
}

/**
 * Puts what the API says into the person's language, by its code. Details of the one occurrence stay as the API says
 * them, and a code without a text keeps the API's whole text: it is better read in English than not at all.
 * The texts are a file of their own: only what has something to tell waits for it, and only if it isn't there yet.
 */
export function useProblemText(): (told: Told) => ProblemWords {
  const locale = useLocale()
  return ({ code, title, detail, fix }) => {
    const words = textsOf(locale, 'errors')[code]
    const own = detail === title || detail === '' ? null : (detail ?? null)
    return {
      title: words?.title ?? title ?? code,
      detail: own,
      fix: (words ? words.fix : fix) || null,
      detailLanguage: 'en',
    }
  }
}
