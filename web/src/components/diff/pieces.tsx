import { Fragment, type ReactNode } from 'react'
import classes from './diff.module.css'
import type { Piece } from './diff-words.ts'

const TAG = /(<[^<>]*>)/

/** Text with its markup dimmed. It is rendered as text, never as HTML (T46). */
export function MarkupText({ text }: { text: string }): ReactNode {
  return text.split(TAG).map((part, index) =>
    index % 2 === 1 ? (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of a text have no other identity
      <span key={index} className={classes.tag}>
        {part}
      </span>
    ) : (
      // oxlint-disable-next-line react/no-array-index-key -- as above
      <Fragment key={index}>{part}</Fragment>
    ),
  )
}

/** A compared text with removed and added pieces in place. */
export function Pieces({ pieces }: { pieces: readonly Piece[] }): ReactNode {
  return pieces.map(({ kind, text }, index) => {
    const key = `${index}-${kind}`
    if (kind === 'removed') return <del key={key}>{text}</del>
    if (kind === 'added') return <ins key={key}>{text}</ins>
    return <MarkupText key={key} text={text} />
  })
}
