import { Button, Group, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import type { Passkey } from '../../api/types.ts'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useFirstFocus } from '../../components/use-first-focus.ts'
import { useRenamePasskey } from '../../queries/me.ts'

/** Asks for a passkey's new name. */
export function RenamePasskey({ passkey, onDone }: { passkey: Passkey; onDone: () => void }): ReactNode {
  const t = useTranslations('account.passkeys')
  const c = useTranslations('common')
  const rename = useRenamePasskey()
  const field = useFirstFocus()
  const fields = useFields({ name: passkey.name }, ({ name }) => ({ ...(name.trim() === '' && { name: t('check') }) }))
  const send = fields.submit(({ name }) =>
    rename.mutate(
      { id: passkey.id, name: name.trim() },
      { onSuccess: onDone, onError: (error) => fields.refuse(fieldErrors(error)) },
    ),
  )
  return (
    <form onSubmit={send} noValidate aria-label={t('renameOf', { name: passkey.name })}>
      {rename.error && <ErrorState error={rename.error} />}
      <Group align="flex-end" gap="xs">
        <TextInput label={t('newName')} maxLength={200} ref={field} {...fields.bind('name')} />
        <Button type="submit" loading={rename.isPending}>
          {c('save')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {c('cancel')}
        </Button>
      </Group>
    </form>
  )
}
