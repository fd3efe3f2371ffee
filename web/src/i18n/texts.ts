import { use } from 'react'
import type { AreaFiles, Texts } from './areas.ts'
import { files as german } from './de/files.ts'
import { files as english } from './en/files.ts'
import type { Locale } from './index.ts'

type Part = keyof Texts

const FILES: Record<Locale, AreaFiles> = { en: english, de: german }

const there: Record<Locale, Partial<Texts>> = { en: {}, de: {} }
const onTheWay = new Map<string, Promise<Texts[Part]>>()

/** Loads one part of a language, once. */
export function loadTexts<P extends Part>(locale: Locale, part: P): Promise<Texts[P]> {
  const key = `${locale}/${part}`
  let loading = onTheWay.get(key) as Promise<Texts[P]> | undefined
  if (!loading) {
    loading = FILES[locale][part]().then((texts) => (there[locale][part] = texts))
    onTheWay.set(key, loading)
  }
  return loading
}

/** One part of a language. Suspends the component until it is loaded. */
export const textsOf = <P extends Part>(locale: Locale, part: P): Texts[P] =>
  there[locale][part] ?? use(loadTexts(locale, part))

/** Loads the same parts in another language, so that the whole page changes at once. */
export async function loadSameTexts(from: Locale, to: Locale): Promise<void> {
  const parts = Object.keys(there[from]) as Part[]
  await Promise.all(parts.map((part) => loadTexts(to, part)))
}
