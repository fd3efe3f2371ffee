import { type ReactNode, useId } from 'react'
import { useTranslations } from 'use-intl'
import classes from './items.module.css'

export type Side = 'wordpress' | 'igny8'
const SIDES: readonly Side[] = ['wordpress', 'igny8']

interface ConflictChoiceProps {
  label: string
  /** The API's name of the field; with a number, of a part of it. */
  name: string
  value: Side | undefined
  isDisabled: boolean
  textOf: (side: Side) => string
  onChange: (side: Side) => void
}

/** Choice between the two versions of one field, or of a part of it. */
export function ConflictChoice({ label, name, value, isDisabled, textOf, onChange }: ConflictChoiceProps): ReactNode {
  const t = useTranslations('items.side')
  const id = useId()
  return (
    <fieldset className={classes.field} data-conflict-field={name}>
      <legend>{label}</legend>
      <div className={classes.choices}>
        {SIDES.map((side) => (
          <label key={side} className={classes.choice} htmlFor={`${id}-${side}`}>
            <input
              type="radio"
              id={`${id}-${side}`}
              name={id}
              checked={value === side}
              disabled={isDisabled}
              aria-describedby={`${id}-${side}-value`}
              aria-label={t(side)}
              onChange={() => onChange(side)}
            />
            <span>
              <span className={classes.side}>{t(side)}</span>
              <span className={classes.value} id={`${id}-${side}-value`}>
                {textOf(side)}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
