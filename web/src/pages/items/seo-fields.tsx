import { Checkbox, Fieldset, Group, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../api/types.ts'
import { PLAIN_DIRECTIVES } from '../../components/seo.ts'
import { useFieldLabel } from './field-label.ts'
import { seoPluginName } from './seo-plugin-name.ts'
import type { Draft, Field } from './use-draft.ts'
import { termsOf } from './draft-fields.ts'
import { SearchPreview, SHOWN } from './edit/search-preview.tsx'

interface SeoFieldsProps {
  draft: Draft
  item: Item
  errors: Record<string, string>
}

type TextField = Exclude<Field & `seo.${string}`, 'seo.robots'>
const LINES: readonly TextField[][] = [['seo.title'], ['seo.description'], ['seo.focus_keyword', 'seo.canonical']]
const SOCIAL_LINES: readonly TextField[][] = [
  ['seo.og_title', 'seo.og_description', 'seo.og_image'],
  ['seo.twitter_title', 'seo.twitter_description', 'seo.twitter_image'],
]
const LONG: ReadonlySet<TextField> = new Set(['seo.description', 'seo.og_description', 'seo.twitter_description'])

/** The directives to offer: what the plugin can store without a value, and what the post has already. */
function offeredRobots(provider: string | null, now: readonly string[]): string[] {
  const known = (PLAIN_DIRECTIVES as Record<string, readonly string[]>)[provider ?? ''] ?? []
  return [...new Set([...known, ...now])]
}

function Robots({ draft, item }: Pick<SeoFieldsProps, 'draft' | 'item'>): ReactNode {
  const fieldLabel = useFieldLabel()
  const robots = draft.values['seo.robots'].split(' ').filter(Boolean)
  return (
    <Checkbox.Group
      label={fieldLabel('seo.robots')}
      value={robots}
      onChange={(chosen) => draft.change('seo.robots', chosen.toSorted().join(' '))}
    >
      <Group gap="md" mt={4}>
        {offeredRobots(item.seo?.provider ?? null, [...(item.seo?.robots ?? []), ...robots]).map((directive) => (
          <Checkbox key={directive} value={directive} label={directive} />
        ))}
      </Group>
    </Checkbox.Group>
  )
}

function Lines({
  draft,
  errors,
  lines,
}: Pick<SeoFieldsProps, 'draft' | 'errors'> & { lines: readonly TextField[][] }): ReactNode {
  const t = useTranslations('editor.seo')
  const fieldLabel = useFieldLabel()
  return lines.map((fields) => (
    <Group key={fields[0]} align="flex-start" grow preventGrowOverflow={false}>
      {fields.map((field) => {
        const most = SHOWN[field as keyof typeof SHOWN]
        const shared = {
          label: fieldLabel(field),
          description: most && t('length', { count: (draft.values[field] ?? '').length, most }),
          miw: 220,
          value: draft.values[field],
          onChange: draft.set(field),
          error: errors[field],
        }
        return LONG.has(field) ? <Textarea key={field} rows={3} {...shared} /> : <TextInput key={field} {...shared} />
      })}
    </Group>
  ))
}

/** Fields of the site's SEO plugin. An empty one leaves the plugin's default. */
export function SeoFields({ draft, item, errors }: SeoFieldsProps): ReactNode {
  const t = useTranslations('items.seo')
  const own = useTranslations('editor.seo')
  const common = useTranslations('common')
  const fieldLabel = useFieldLabel()
  if (!item.seo) return null
  const categories = ['category', 'product_cat'].flatMap((taxonomy) => termsOf(draft.values[`terms.${taxonomy}`]))
  const isSocialSet = SOCIAL_LINES.flat().some((field) => draft.values[field] || errors[field])
  return (
    <Fieldset legend={t('title', { plugin: seoPluginName(item.seo.provider) })} p="sm">
      <Stack>
        <Text size="sm" c="dimmed">
          {t('hint')}
        </Text>
        <SearchPreview draft={draft} />
        <Lines draft={draft} errors={errors} lines={LINES} />
        <details open={isSocialSet || undefined}>
          <Text component="summary" size="sm" fw={500} style={{ cursor: 'pointer' }}>
            {own('social')}
          </Text>
          <Stack mt="sm">
            <Lines draft={draft} errors={errors} lines={SOCIAL_LINES} />
          </Stack>
        </details>
        <Robots draft={draft} item={item} />
        {categories.length > 0 && (
          <NativeSelect
            label={fieldLabel('seo.primary_category')}
            value={draft.values['seo.primary_category']}
            onChange={draft.set('seo.primary_category')}
            data={[{ value: '', label: common('none') }, ...categories]}
            error={errors['seo.primary_category']}
          />
        )}
      </Stack>
    </Fieldset>
  )
}
