import { useLocale } from 'use-intl'
import { textsOf } from '../i18n/texts.ts'

/** Texts of the API for an error, a reason or a finding. */
export interface ApiText {
  code: string
  title?: string
  detail?: string | null
  fix?: string | null
}

export interface ProblemWords {
  title: string
  /** Details of this occurrence, in the API's language; null if they add nothing. */
  detail: string | null
  fix: string | null
  /** Language of `detail`, for screen readers. */
  detailLanguage: 'en'
}

/**
 * Translates the API's texts by their code. Details of an occurrence stay in English, as do texts of unknown codes. The
 * translations are a separate file; only components that show an error wait for it.
 */
export function useProblemText(): (text: ApiText) => ProblemWords {
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
