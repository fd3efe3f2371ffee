import { Stack, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../../api/types.ts'
import { AuthorField } from '../author-field.tsx'
import { useFieldLabel } from '../field-label.ts'
import { SeoFields } from '../seo-fields.tsx'
import type { Draft } from '../use-draft.ts'
import { FeaturedField } from './featured-field.tsx'
import { ParentField } from './parent-field.tsx'
import { ScheduleFields } from './schedule-fields.tsx'
import { TermsFields } from './terms-fields.tsx'
import classes from './edit.module.css'

interface SidePanelProps {
  draft: Draft
  item: Item
  errors: Record<string, string>
}

/** Everything about the item but its title and text. */
export function SidePanel({ draft, item, errors }: SidePanelProps): ReactNode {
  const t = useTranslations('editor')
  const fieldLabel = useFieldLabel()
  return (
    <aside className={classes.side} aria-label={t('settings')}>
      <Stack gap="md">
        <ScheduleFields draft={draft} item={item} errors={errors} />
        <TextInput
          label={fieldLabel('slug')}
          maxLength={200}
          value={draft.values.slug}
          onChange={draft.set('slug')}
          error={errors['slug']}
        />
        <TermsFields draft={draft} item={item} errors={errors} />
        <FeaturedField draft={draft} item={item} errors={errors} />
        <Textarea
          label={fieldLabel('excerpt')}
          rows={4}
          value={draft.values.excerpt}
          onChange={draft.set('excerpt')}
          error={errors['excerpt']}
        />
        <AuthorField draft={draft} item={item} error={errors['author']} />
        <ParentField draft={draft} item={item} error={errors['parent_id']} />
        <SeoFields draft={draft} item={item} errors={errors} />
      </Stack>
    </aside>
  )
}
