import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { useFormatter, useTranslations } from 'use-intl'
import { EXACT_MOMENT, RelativeTime } from '../../components/relative-time.tsx'
import { DriftCheckWords, type TypeDriftCheck } from './drift-check-words.tsx'
import classes from './content-types.module.css'

interface ExplainedCountProps {
  /** The number with its unit, in words. */
  children: ReactNode
  /** How the number was measured. */
  how: string
  /** Time of the number; null if it was never reported. */
  at: string | null
  /** Result of the drift check. */
  driftCheck?: TypeDriftCheck | undefined
  /** Target of the number's link. */
  href?: string
}

/** A count that shows on hover, focus or tap when and how it was measured. Escape closes the tooltip. */
export function ExplainedCount({ children, how, at, driftCheck, href }: ExplainedCountProps): ReactNode {
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  const open = () => setOpen(true)
  const onKeyDown = ({ key }: KeyboardEvent) => key === 'Escape' && close()
  const shared = { className: classes.number, onFocus: open, onBlur: close, onKeyDown }
  const described = isOpen ? { 'aria-describedby': id } : {}
  return (
    // the tooltip is a child, so that the pointer can move onto it
    <span className={classes.known} onPointerEnter={open} onPointerLeave={close}>
      {href === undefined ? (
        <button type="button" {...shared} {...described} onClick={open}>
          {children}
        </button>
      ) : (
        <Link href={href} {...shared} {...described}>
          {children}
        </Link>
      )}
      {isOpen && <Explanation id={id} how={how} at={at} driftCheck={driftCheck} />}
    </span>
  )
}

const EDGE = 8

interface ExplanationProps extends Pick<ExplainedCountProps, 'how' | 'at' | 'driftCheck'> {
  id: string
}

function Explanation({ id, how, at, driftCheck }: ExplanationProps): ReactNode {
  const t = useTranslations('contentTypes')
  const format = useFormatter()
  const bubble = useRef<HTMLSpanElement>(null)
  useLayoutEffect(() => {
    // moves the tooltip back into the window
    const box = bubble.current?.getBoundingClientRect()
    if (!bubble.current || !box) return
    const over = box.right - (document.documentElement.clientWidth - EDGE)
    if (over > 0) bubble.current.style.translate = `${-over}px 0`
  }, [])
  return (
    <span role="tooltip" id={id} ref={bubble} className={classes.bubble}>
      <span className={classes.bubbleBody}>
        {how}
        <br />
        {at === null ? (
          t('known.never')
        ) : (
          <>
            {t.rich('asOf', {
              at: () => format.dateTime(new Date(at), EXACT_MOMENT),
            })}{' '}
            (<RelativeTime at={at} />)
          </>
        )}
        {driftCheck && (
          <>
            <br />
            {t('driftCheck.title')}: <DriftCheckWords driftCheck={driftCheck} />
          </>
        )}
      </span>
    </span>
  )
}
