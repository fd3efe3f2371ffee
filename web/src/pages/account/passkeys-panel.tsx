import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { hasPasskeys, PasskeyCancelled } from '../../api/passkeys.ts'
import type { Passkey } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { Panel } from '../../components/panel.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useReturnFocus } from '../../components/use-first-focus.ts'
import { useAddPasskey, usePasskeys, useRemovePasskey } from '../../queries/me.ts'
import classes from './account.module.css'
import { RenamePasskey } from './rename-passkey.tsx'
import { otherError, useSensitive } from './use-sensitive.tsx'

function PasskeyRow({ passkey }: { passkey: Passkey }): ReactNode {
  const t = useTranslations('account.passkeys')
  const remove = useRemovePasskey()
  const { run, dialog } = useSensitive()
  const { id, name, synced, created_at: since } = passkey
  const [isRenaming, setRenaming] = useState(false)
  const opener = useReturnFocus(isRenaming)
  // the dialog closes; a question for the password follows in its own
  const onConfirm = async () => run(() => remove.mutateAsync(id))
  const error = otherError(remove.error)
  return (
    <li>
      <div>
        <Text fw={600}>{name}</Text>
        <Text size="sm" c="dimmed">
          {synced ? t('synced') : t('oneDevice')} · {t('since')} <RelativeTime at={since} />
        </Text>
        {error !== null && <ErrorState error={error} />}
        {isRenaming && <RenamePasskey passkey={passkey} onDone={() => setRenaming(false)} />}
      </div>
      <Group gap="xs">
        {!isRenaming && (
          <Button
            ref={opener}
            size="xs"
            variant="default"
            aria-label={t('renameOf', { name })}
            onClick={() => setRenaming(true)}
          >
            {t('rename')}
          </Button>
        )}
        <ConfirmButton
          size="xs"
          label={t('remove')}
          title={t('removeTitle', { name })}
          text={t('removeText')}
          confirmLabel={t('remove')}
          isDangerous
          onConfirm={onConfirm}
          isPending={remove.isPending}
          error={null}
        />
      </Group>
      {dialog}
    </li>
  )
}

function AddForm(): ReactNode {
  const t = useTranslations('account.passkeys')
  const add = useAddPasskey()
  const { run, dialog } = useSensitive()
  const fields = useFields({ name: '' }, ({ name }) => ({ ...(name.trim() === '' && { name: t('check') }) }))
  const send = fields.submit(({ name }) =>
    run(() => add.mutateAsync(name.trim(), { onSuccess: () => fields.set({ name: '' }) })),
  )
  const isCancelled = add.error instanceof PasskeyCancelled
  const error = isCancelled ? null : otherError(add.error)
  return (
    <form onSubmit={send} noValidate aria-label={t('add')}>
      <Stack maw={480}>
        {error !== null && <ErrorState error={error} />}
        <TextInput label={t('name')} description={t('nameHint')} maxLength={200} {...fields.bind('name')} />
        <Group>
          <Button type="submit" variant="default" loading={add.isPending}>
            {t('add')}
          </Button>
          <Text size="sm" component="output" aria-live="polite">
            {isCancelled && t('cancelled')}
          </Text>
        </Group>
      </Stack>
      {dialog}
    </form>
  )
}

/** The person's passkeys. */
export function PasskeysPanel(): ReactNode {
  const t = useTranslations('account.passkeys')
  const { data, error, refetch } = usePasskeys()
  return (
    <Panel heading={t('heading')} text={t('text')}>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && data.length > 0 && (
        <ul className={classes.rows}>
          {data.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      {hasPasskeys() ? <AddForm /> : <Text size="sm">{t('unsupported')}</Text>}
    </Panel>
  )
}
