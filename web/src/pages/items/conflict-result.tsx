import { type ReactNode, useId } from 'react'
import { useTranslations } from 'use-intl'
import type { Side } from './conflict-choice.tsx'
import { useFieldLabel } from './field-label.ts'
import classes from './items.module.css'

interface ConflictResultProps {
  fields: readonly string[]
  choices: Readonly<Record<string, Side>>
  /** Whether a field has a text of its own, which is shown where it is made. */
  isMerged: (field: string) => boolean
  textOf: (side: Side, field: string) => string
}

/** Preview of the item after resolving the conflict with the current choices. */
export function ConflictResult({ fields, choices, isMerged, textOf }: ConflictResultProps): ReactNode {
  const t = useTranslations('items')
  const fieldLabel = useFieldLabel()
  const id = useId()
  return (
    <section aria-labelledby={id} aria-live="polite">
      <h3 id={id} style={{ margin: '0 0 6px', fontSize: 'var(--mantine-font-size-sm)' }}>
        {t('conflict.result')}
      </h3>
      <dl className={classes.result}>
        {fields.map((field) => {
          const side = choices[field]
          if (isMerged(field))
            return (
              <div key={field}>
                <dt>{fieldLabel(field)}</dt>
                <dd>{t('conflict.merged')}</dd>
              </div>
            )
          return (
            <div key={field}>
              <dt>{side ? `${fieldLabel(field)} · ${t(`side.${side}`)}` : fieldLabel(field)}</dt>
              <dd>
                <span className={classes.value}>{side ? textOf(side, field) : t('conflict.open')}</span>
              </dd>
            </div>
          )
        })}
      </dl>
    </section>
  )
}
