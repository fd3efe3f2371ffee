import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { IntlProvider } from 'use-intl'
import { type Locale, preferredLocale, rememberLocale } from '../i18n/index.ts'
import { loadSameTexts, loadTexts, textsOf } from '../i18n/texts.ts'

interface LocaleChoice {
  locale: Locale
  choose: (locale: Locale) => void
}

const LocaleContext = createContext<LocaleChoice | null>(null)

/** The current language, and a function to change it. */
export function useLocaleChoice(): LocaleChoice {
  const choice = useContext(LocaleContext)
  if (!choice) throw new Error('useLocaleChoice outside of LocaleProvider')
  return choice
}

/** Provides the shared texts. A page adds those of its area (lazy-page.tsx). */
function BaseTexts({ locale, children }: { locale: Locale; children: ReactNode }): ReactNode {
  const base = textsOf(locale, 'base')
  return (
    <IntlProvider locale={locale} messages={base} timeZone={browserTimeZone()}>
      {children}
    </IntlProvider>
  )
}

/**
 * Loads the language and provides it to the page. Nothing is shown before it is loaded, and another language is shown once all of
 * its parts are loaded, so that texts change only once.
 */
export function LocaleProvider({ children }: { children: ReactNode }): ReactNode {
  const [locale, setLocale] = useState<Locale | null>(null)
  useEffect(() => {
    let isCurrent = true
    const start = async () => {
      const preferred = preferredLocale()
      // loads the error texts early, without waiting: they are seldom needed, but then at once
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
      // if two languages are chosen quickly, the second one wins
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
