import { Box, Group, SegmentedControl, Text, Textarea } from '@mantine/core'
import { type ReactNode, useCallback, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../../api/types.ts'
import { ErrorBoundary } from '../../../components/error-boundary.tsx'
import RichEditor from '../../../editor/rich-editor.tsx'
import { useFieldLabel } from '../field-label.ts'
import type { Draft } from '../use-draft.ts'
import Preview from './preview.tsx'

const VIEWS = ['write', 'html', 'preview'] as const
type View = (typeof VIEWS)[number]

interface BodyFieldProps {
  draft: Draft
  item: Item
  error: string | undefined
}

function HtmlView({ draft, item, error }: BodyFieldProps): ReactNode {
  const t = useTranslations('items.edit')
  const fieldLabel = useFieldLabel()
  const { builder } = item
  return (
    <Textarea
      label={fieldLabel('body')}
      rows={20}
      readOnly={builder !== null}
      description={builder !== null && t('builder', { builder: builder.replaceAll('_', ' ') })}
      value={draft.values.body}
      onChange={draft.set('body')}
      error={error}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
    />
  )
}

/** The text of the item: written, as HTML, or as visitors read it. What a page builder renders is only shown. */
export function BodyField({ draft, item, error }: BodyFieldProps): ReactNode {
  const t = useTranslations('editor')
  const { change } = draft
  const changeBody = useCallback((body: string) => change('body', body), [change])
  const isLocked = item.builder !== null
  const views = isLocked ? VIEWS.filter((view) => view !== 'write') : VIEWS
  const [view, setView] = useState<View>(isLocked ? 'html' : 'write')
  const html = <HtmlView draft={draft} item={item} error={error} />
  return (
    <Box>
      <Group justify="flex-end" mb="xs">
        <SegmentedControl
          size="xs"
          aria-label={t('view.label')}
          value={view}
          onChange={(chosen) => setView(VIEWS.find((name) => name === chosen) ?? 'html')}
          data={views.map((name) => ({ value: name, label: t(`view.${name}`) }))}
        />
      </Group>
      {view === 'write' && (
        <ErrorBoundary
          fallback={
            <>
              <Text size="sm" role="alert">
                {t('cannotShow')}
              </Text>
              {html}
            </>
          }
        >
          <RichEditor siteId={item.site_id} body={draft.values.body} onChange={changeBody} error={error} />
        </ErrorBoundary>
      )}
      {view === 'html' && html}
      {view === 'preview' && <Preview title={draft.values.title} body={draft.values.body} />}
    </Box>
  )
}
