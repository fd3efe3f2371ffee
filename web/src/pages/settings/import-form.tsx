import { Button, Checkbox, Group, Stack } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { type ReactNode, type SubmitEvent, useId, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ImportOptions } from '../../api/types.ts'

interface ImportFormProps {
  onStart: (file: File, options: ImportOptions) => void
}

/** Chooses a file, and what to do with what is there already. */
export function ImportForm({ onStart }: ImportFormProps): ReactNode {
  const t = useTranslations('settings.import')
  const id = useId()
  const [file, setFile] = useState<File | null>(null)
  const [options, setOptions] = useState<ImportOptions>({ replace: false, settings: false })
  const choose = (patch: Partial<ImportOptions>) => setOptions((before) => ({ ...before, ...patch }))
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (file) onStart(file, options)
  }
  return (
    <form onSubmit={submit} aria-label={t('heading')}>
      <Stack gap="sm">
        <div>
          <label htmlFor={id} style={{ fontSize: 'var(--mantine-font-size-sm)', fontWeight: 500, display: 'block' }}>
            {t('file')}
          </label>
          <input
            id={id}
            type="file"
            style={{ fontSize: 'var(--mantine-font-size-sm)', maxWidth: '100%' }}
            accept=".ndjson,application/x-ndjson"
            onChange={({ currentTarget }) => setFile(currentTarget.files?.[0] ?? null)}
          />
        </div>
        <Checkbox
          label={t('replace')}
          description={t('replaceHint')}
          checked={options.replace}
          onChange={({ currentTarget }) => choose({ replace: currentTarget.checked })}
        />
        <Checkbox
          label={t('settings')}
          description={t('settingsHint')}
          checked={options.settings}
          onChange={({ currentTarget }) => choose({ settings: currentTarget.checked })}
        />
        <Group>
          <Button type="submit" leftSection={<IconUpload size={16} aria-hidden />} disabled={file === null}>
            {t('button')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
