import { Text } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { wordsOfCode } from '../code-title.ts'
import { compareBodies, type ComparedRow } from './compare-bodies.ts'
import classes from './diff.module.css'
import { MarkupText, Pieces } from './pieces.tsx'

/** Name of a block type for people: `core/list-item` becomes "List item". */
const blockName = (name: string | null): string | null =>
  name === null ? null : wordsOfCode(name.slice(name.indexOf('/') + 1))

/** The full text in a scrolling box. */
export function WholeText({ text, label }: { text: string; label: string }): ReactNode {
  return (
    // a scrolling region must be reachable by keyboard
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.whole} aria-label={label} tabIndex={0}>
      <div className={classes.text}>
        <MarkupText text={text} />
      </div>
    </section>
  )
}

function Row({ row }: { row: ComparedRow }): ReactNode {
  const t = useTranslations('items.diff')
  if (row.kind === 'fold')
    return (
      <details className={classes.fold}>
        <summary>{t('unchanged', { count: row.rows.length })}</summary>
        {row.rows.map(({ right }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- blocks have no other identity
          <div key={index} className={classes.row}>
            <div className={classes.text}>
              <MarkupText text={right?.text ?? ''} />
            </div>
          </div>
        ))}
      </details>
    )
  return (
    <div className={classes.row} data-kind={row.kind}>
      <div className={classes.kind}>
        {blockName(row.name)} {t(row.kind)}
      </div>
      <div className={classes.text}>
        {row.kind === 'changed' && <Pieces pieces={row.pieces} />}
        {row.kind === 'removed' && <del>{row.text}</del>}
        {row.kind === 'added' && <ins>{row.text}</ins>}
      </div>
    </div>
  )
}

interface BodyDiffProps {
  left: string
  right: string
  leftLabel: string
  rightLabel: string
}

/** Compares two bodies by block and word, or shows them side by side if that would take too long. */
export function BodyDiff({ left, right, leftLabel, rightLabel }: BodyDiffProps): ReactNode {
  const t = useTranslations('items.diff')
  const comparison = useMemo(() => compareBodies(left, right), [left, right])
  if (!comparison)
    return (
      <>
        <Text size="sm" c="dimmed" mb="xs">
          {t('tooLarge')}
        </Text>
        <div className={classes.sides}>
          <WholeText text={left} label={leftLabel} />
          <WholeText text={right} label={rightLabel} />
        </div>
      </>
    )
  return (
    <>
      {comparison.isBlankOnly && (
        <Text size="sm" c="dimmed" mb="xs">
          {t('blankOnly')}
        </Text>
      )}
      {comparison.rows.map((row, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows of a comparison have no other identity
        <Row key={index} row={row} />
      ))}
    </>
  )
}
