import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { IntlProvider } from 'use-intl'
import { type Locale, preferredLocale, rememberLocale } from '../i18n/index.ts'
import { loadSameTexts, loadTexts, textsOf } from '../i18n/texts.ts'

interface LocaleChoice {
  locale: Locale
  choose: (locale: Locale) => void
}

const LocaleContext = createContext<LocaleChoice | null>(null)

/** The language of the page, and how to choose another one. */
export function useLocaleChoice(): LocaleChoice {
  const choice = useContext(LocaleContext)
  if (!choice) throw new Error('useLocaleChoice outside of LocaleProvider')
  return choice
}

/** The texts of what stands round the pages; a page adds those of its area (lazy-page.tsx). */
function BaseTexts({ locale, children }: { locale: Locale; children: ReactNode }): ReactNode {
  const base = textsOf(locale, 'base')
  return (
    <IntlProvider locale={locale} messages={base} timeZone={browserTimeZone()}>
      {children}
    </IntlProvider>
  )
}

/**
 * Loads the language and gives it to the page; nothing is shown before it is there, and another language is shown when
 * all of it is there, so no text changes under the reader twice.
 */
export function LocaleProvider({ children }: { children: ReactNode }): ReactNode {
  const [locale, setLocale] = useState<Locale | null>(null)
  useEffect(() => {
    let isCurrent = true
    const start = async () => {
      const preferred = preferredLocale()
      // what the API's errors are called is seldom needed, and then at once: nothing waits for it here
      void loadTexts(preferred, 'errors')
      await loadTexts(preferred, 'base')
      if (isCurrent) setLocale(preferred)
    }
    void start()
    return () => {
      isCurrent = false
    }
  }, [])
  useEffect(() => {
    if (locale) document.documentElement.lang = locale
  }, [locale])
  const choice = useMemo(() => {
    if (!locale) return null
    const change = async (next: Locale) => {
      rememberLocale(next)
      await loadSameTexts(locale, next)
      // of two choices made fast, the second one stays
      if (preferredLocale() === next) setLocale(next)
    }
    return { locale, choose: (next: Locale) => void change(next) }
  }, [locale])
  if (!choice) return null
  return (
    <LocaleContext value={choice}>
      <BaseTexts locale={choice.locale}>{children}</BaseTexts>
    </LocaleContext>
  )
}

const browserTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
