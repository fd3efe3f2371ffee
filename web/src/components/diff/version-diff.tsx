import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ItemVersion } from '../../api/types.ts'
import { BodyDiff } from './body-diff.tsx'
import { compareVersions, type FieldChange } from './compare-versions.ts'
import classes from './diff.module.css'
import { diffWords } from './diff-words.ts'
import { Pieces } from './pieces.tsx'

const FIELD_BUDGET_MS = 50

interface VersionDiffProps {
  left: ItemVersion
  right: ItemVersion
  leftLabel: string
  rightLabel: string
  /** Label of a field, and a value as text. */
  fieldLabel: (path: string) => string
  valueText: (path: string, value: string) => string
  /** Shown where nothing differs. */
  equal: ReactNode
}

function ListChange({ change }: { change: FieldChange & { kind: 'list' } }): ReactNode {
  return (
    <ul className={`${classes.chips} ${classes.inline}`}>
      {change.kept.map((name) => (
        <li key={name}>{name}</li>
      ))}
      {change.removed.map((name) => (
        <li key={name}>
          <del>{name}</del>
        </li>
      ))}
      {change.added.map((name) => (
        <li key={name}>
          <ins>{name}</ins>
        </li>
      ))}
    </ul>
  )
}

function Change({ change, props }: { change: FieldChange; props: VersionDiffProps }): ReactNode {
  const { leftLabel, rightLabel, valueText } = props
  if (change.kind === 'list') return <ListChange change={change} />
  if (change.kind === 'body')
    return <BodyDiff left={change.left} right={change.right} leftLabel={leftLabel} rightLabel={rightLabel} />
  if (change.kind === 'text')
    return (
      <div className={classes.text}>
        <Pieces pieces={diffWords(change.left, change.right, FIELD_BUDGET_MS)} />
      </div>
    )
  return (
    <div className={classes.text}>
      {change.left !== null && <del>{valueText(change.path, change.left)}</del>}
      {change.left !== null && change.right !== null && ' '}
      {change.right !== null && <ins>{valueText(change.path, change.right)}</ins>}
    </div>
  )
}

/** The differences between two versions of an item, by field. All values are rendered as text (T46). */
export default function VersionDiff(props: VersionDiffProps): ReactNode {
  const t = useTranslations('items.diff')
  const changes = compareVersions(props.left, props.right)
  if (changes.length === 0) return props.equal
  return (
    <>
      <div className={`${classes.field} ${classes.legend} ${classes.inline}`}>
        <span>
          <del>{t('word')}</del> {t('onlyIn', { side: props.leftLabel })}
        </span>
        <span>
          <ins>{t('word')}</ins> {t('onlyIn', { side: props.rightLabel })}
        </span>
      </div>
      {changes.map((change) => (
        <section key={change.path} className={classes.field} data-field={change.path}>
          <h3 className={classes.name}>{props.fieldLabel(change.path)}</h3>
          <Change change={change} props={props} />
        </section>
      ))}
    </>
  )
}
