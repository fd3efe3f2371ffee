import { type ChangeEvent, type SubmitEvent, useEffect, useState } from 'react'

type Values = Record<string, string>
type Errors<T> = Partial<Record<keyof T, string>>

interface Bound {
  name: string
  value: string
  error: string | undefined
  onChange: (event: ChangeEvent<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>) => void
}

export interface Fields<T extends Values> {
  values: T
  /** Props for the input of this name. */
  bind: (name: keyof T & string) => Bound
  set: (patch: Partial<T>) => void
  /** Shows the API's errors at their fields and removes all others. */
  refuse: (messages: Record<string, string>) => void
  /** Submit handler: checks the fields, and calls `send` only if they are valid. */
  submit: (send: (values: T) => void) => (event: SubmitEvent<HTMLFormElement>) => void
}

/**
 * State of a form's text fields. On submit, errors are shown at their fields and focus moves to the first one. Changing a field
 * clears its error.
 */
export function useFields<T extends Values>(initial: T, check: (values: T) => Errors<T>): Fields<T> {
  const [values, setValues] = useState(initial)
  const [errors, setErrors] = useState<Errors<T>>({})
  const [refusals, setRefusals] = useState(0)
  const [form, setForm] = useState<HTMLFormElement | null>(null)
  useEffect(() => {
    if (refusals > 0) form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [refusals, form])

  const set = (patch: Partial<T>) => {
    setValues((before) => ({ ...before, ...patch }))
    setErrors(
      (before) =>
        Object.fromEntries(Object.entries(before).filter(([name]) => !Object.hasOwn(patch, name))) as Errors<T>,
    )
  }
  const show = (found: Errors<T>) => {
    setErrors(found)
    setRefusals((count) => count + 1)
  }
  return {
    values,
    set,
    bind: (name) => ({
      name,
      value: values[name] ?? '',
      error: errors[name],
      onChange: (event) => set({ [name]: event.currentTarget.value } as Partial<T>),
    }),
    refuse: (messages) => {
      const own = Object.entries(messages).filter(([name]) => Object.hasOwn(values, name))
      if (own.length > 0) show(Object.fromEntries(own) as Errors<T>)
    },
    submit: (send) => (event) => {
      event.preventDefault()
      setForm(event.currentTarget)
      const found = check(values)
      if (Object.values(found).some((message) => message !== undefined)) show(found)
      else send(values)
    },
  }
}
