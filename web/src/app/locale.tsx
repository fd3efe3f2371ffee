import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { IntlProvider } from 'use-intl'
import type { Messages } from '../i18n/en/index.ts'
import { loadMessages, type Locale, preferredLocale, rememberLocale } from '../i18n/index.ts'

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

/** Loads the language and gives it to the page; nothing is shown before it is there, so no text changes under the reader. */
export function LocaleProvider({ children }: { children: ReactNode }): ReactNode {
  const [locale, setLocale] = useState<Locale>(preferredLocale)
  const [loaded, setLoaded] = useState<{ locale: Locale; messages: Messages } | null>(null)
  useEffect(() => {
    let isCurrent = true
    const load = async () => {
      const messages = await loadMessages(locale)
      if (isCurrent) setLoaded({ locale, messages })
    }
    void load()
    return () => {
      isCurrent = false
    }
  }, [locale])
  useEffect(() => {
    if (loaded) document.documentElement.lang = loaded.locale
  }, [loaded])
  const choice = useMemo(
    () => ({
      locale,
      choose: (next: Locale) => {
        rememberLocale(next)
        setLocale(next)
      },
    }),
    [locale],
  )
  if (!loaded) return null
  return (
    <LocaleContext value={choice}>
      <IntlProvider locale={loaded.locale} messages={loaded.messages} timeZone={browserTimeZone()}>
        {children}
      </IntlProvider>
    </LocaleContext>
  )
}

const browserTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
