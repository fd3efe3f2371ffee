import type { Messages } from './en/index.ts'

export const LOCALES = { en: 'English', de: 'Deutsch' } as const
export type Locale = keyof typeof LOCALES

declare module 'use-intl' {
  interface AppConfig {
    Locale: Locale
    Messages: Messages
  }
}

const KEY = 'igny8-locale'

const isLocale = (value: string | null): value is Locale => value !== null && Object.hasOwn(LOCALES, value)

/** The chosen language, else the first supported language of the browser, else English. */
export function preferredLocale(): Locale {
  const chosen = localStorage.getItem(KEY)
  if (isLocale(chosen)) return chosen
  const known = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => isLocale(tag))
  return known ?? 'en'
}

export const rememberLocale = (locale: Locale): void => localStorage.setItem(KEY, locale)
