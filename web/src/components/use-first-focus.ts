import { type RefObject, useEffect, useRef } from 'react'

/** A ref for the field that gets focus when its form appears in place of the button that opened it. */
export function useFirstFocus(): RefObject<HTMLInputElement | null> {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return field
}
