import { Button, Group, TextInput } from '@mantine/core'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { useTranslations } from 'use-intl'

interface SearchFieldProps {
  label: string
  /** What is shown now; empty for the first ones. */
  value: string
  onSearch: (text: string) => void
}

/** A field for an id or a host. It searches when it is sent, since nobody types an id letter by letter. */
export function SearchField({ label, value, onSearch }: SearchFieldProps): ReactNode {
  const t = useTranslations('operator.list')
  const [text, setText] = useState(value)
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSearch(text.trim())
  }
  const clear = () => {
    setText('')
    onSearch('')
  }
  return (
    <search>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <TextInput
            label={label}
            flex="1 1 260px"
            maxLength={200}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <Button type="submit">{t('search')}</Button>
          {value !== '' && (
            <Button variant="default" onClick={clear}>
              {t('clear')}
            </Button>
          )}
        </Group>
      </form>
    </search>
  )
}
