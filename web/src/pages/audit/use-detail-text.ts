import { useFormatter, useTranslations } from 'use-intl'
import type { Messages } from '../../i18n/en/index.ts'

type Detail = keyof Messages['audit']['detail']
type Value = keyof Messages['audit']['value']
type Change = keyof Messages['audit']['change']

/** Ids say nothing to a reader; they are in the export. */
const isId = (key: string) => /(^|_)(id|session|passkey|successor|message)$/.test(key)

const isChange = (value: unknown): value is { what: string; from?: string | null; to?: string | null } =>
  typeof value === 'object' && value !== null && 'what' in value

/** Returns a function that says the details of a record, one line each. */
export function useDetailTexts(): (metadata: Record<string, unknown>) => string[] {
  const t = useTranslations('audit')
  const format = useFormatter()
  const fromTo = (from: unknown, to: unknown) => (from && to ? `${say(from)} → ${say(to)}` : say(to ?? from))
  const say = (value: unknown): string => {
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
    if (typeof value !== 'string') return JSON.stringify(value)
    return /^\d{4}-\d\d-\d\dT/.test(value) ? format.dateTime(new Date(value), { dateStyle: 'medium' }) : value
  }
  const sayChange = ({ what, from, to }: { what: string; from?: string | null; to?: string | null }) => {
    const name = t.has(`change.${what as Change}`) ? t(`change.${what as Change}`) : what
    return from || to ? `${name}: ${fromTo(from, to)}` : name
  }
  const sayOne = (key: string, value: unknown): string[] => {
    if (value === null || isId(key)) return []
    if (Array.isArray(value)) {
      if (value.every(isChange)) return value.map(sayChange)
      return value.length === 0 ? [] : [`${nameOf(key)}: ${value.map(say).join(', ')}`]
    }
    const known = `${key}-${say(value)}` as Value
    return [`${nameOf(key)}: ${t.has(`value.${known}`) ? t(`value.${known}`) : say(value)}`]
  }
  const nameOf = (key: string) => (t.has(`detail.${key as Detail}`) ? t(`detail.${key as Detail}`) : key)
  return ({ from, to, ...rest }) => [
    ...(from || to ? [fromTo(from, to)] : []),
    ...Object.entries(rest).flatMap(([key, value]) => sayOne(key, value)),
  ]
}
