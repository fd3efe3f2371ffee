import { Button, Text, TextInput, UnstyledButton } from '@mantine/core'
import type { Editor } from '@tiptap/react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { titleText } from '../components/title-text.ts'
import { useFirstFocus } from '../components/use-first-focus.ts'
import { useItemSearch } from '../queries/item-search.ts'
import classes from './editor.module.css'
import { isHarmlessLink } from './model/html.ts'
import { SmallForm } from './small-form.tsx'

const DOMAIN = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#]\S*)?$/i

/** The address that somebody means; null if it is none, or would run something. */
export function toAddress(typed: string): string | null {
  const text = typed.trim()
  if (text === '' || !isHarmlessLink(text)) return null
  if (/^[^\s@/:]+@[^\s@/:]+\.[a-z]+$/i.test(text)) return `mailto:${text}`
  if (DOMAIN.test(text)) return `https://${text}`
  return /^(?:https?:\/\/\S+|mailto:\S+|tel:\S+|[/#?]\S*)$/i.test(text) ? text : null
}

/** Links the selected text to an address, or to an item of the site that is found by its title. */
export function LinkForm({
  editor,
  siteId,
  onDone,
}: {
  editor: Editor
  siteId: string
  onDone: () => void
}): ReactNode {
  const t = useTranslations('editor.link')
  const current = String(editor.getAttributes('link')['href'] ?? '')
  const first = useFirstFocus()
  const [typed, setTyped] = useState(current)
  const address = toAddress(typed)
  const found = useItemSearch(siteId, address === null ? typed : '')
  const link = (href: string, title: string) => {
    const chain = editor.chain().focus().extendMarkRange('link')
    const isEmpty = editor.state.selection.empty && current === ''
    if (isEmpty) {
      chain.insertContent({ type: 'text', text: title, marks: [{ type: 'link', attrs: { href } }] }).run()
    } else chain.setMark('link', { href, others: [] }).run()
    onDone()
  }
  const remove = () => {
    editor.chain().focus().extendMarkRange('link').unsetMark('link').run()
    onDone()
  }
  return (
    <SmallForm
      label={t('label')}
      submit={t('apply')}
      isReady={address !== null}
      onSubmit={() => address !== null && link(address, address)}
      onCancel={onDone}
      more={
        current !== '' && (
          <Button size="xs" variant="default" onClick={remove}>
            {t('remove')}
          </Button>
        )
      }
    >
      <TextInput
        size="sm"
        label={t('address')}
        description={t('hint')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        ref={first}
      />
      {found.length > 0 && (
        <ul className={classes.found} aria-label={t('found')}>
          {found.map(({ id, title, external_url: url }) => (
            <li key={id}>
              <UnstyledButton onClick={() => url !== null && link(url, titleText(title))} className={classes.foundItem}>
                <Text size="sm">{titleText(title)}</Text>
                <Text size="xs" c="dimmed" truncate>
                  {url}
                </Text>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </SmallForm>
  )
}
