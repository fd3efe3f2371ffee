import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { isCode } from '../../../api/errors.ts'
import type { Item, PastVersion } from '../../../api/types.ts'
import { compareVersions } from '../../../components/diff/compare-versions.ts'
import { notifyDone } from '../../../components/notify.ts'
import { ErrorState } from '../../../components/states.tsx'
import { useRestoreVersion } from '../../../queries/versions.ts'
import { useFieldLabel } from '../field-label.ts'

/** What decides whether visitors see the post: restored only if somebody says so. */
const VISIBILITY: ReadonlySet<string> = new Set(['status', 'date'])

const isGone = (item: Item) => item.deleted || item.status === 'trash'

interface RestoreProps {
  item: Item
  version: PastVersion
}

interface FieldsProps {
  paths: readonly string[]
  chosen: ReadonlySet<string>
  onChange: (path: string, isChosen: boolean) => void
}

function FieldChoice({ paths, chosen, onChange }: FieldsProps): ReactNode {
  const t = useTranslations('history.restore')
  const fieldLabel = useFieldLabel()
  return (
    <Checkbox.Group label={t('fields')} value={[...chosen]}>
      <Stack gap="xs" mt="xs" mah={280} style={{ overflowY: 'auto' }}>
        {paths.map((path) => (
          <Checkbox
            key={path}
            value={path}
            label={fieldLabel(path)}
            onChange={({ currentTarget }) => onChange(path, currentTarget.checked)}
          />
        ))}
      </Stack>
      {paths.some((path) => VISIBILITY.has(path)) && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('status')}
        </Text>
      )}
    </Checkbox.Group>
  )
}

/** What a restore will do, before it is done. An item that is gone comes back whole; else somebody chooses fields. */
function RestoreForm({ item, version, onClose }: RestoreProps & { onClose: () => void }): ReactNode {
  const t = useTranslations('history.restore')
  const common = useTranslations('common')
  const restoring = useRestoreVersion(item.site_id, item.id)
  const paths = compareVersions(version.content, item).map(({ path }) => path)
  const [left, setLeft] = useState<ReadonlySet<string>>(VISIBILITY)
  const chosen = new Set(paths.filter((path) => !left.has(path)))
  const isWhole = isGone(item) || version.deleted || version.content.status === 'trash'
  const change = (path: string, isChosen: boolean) =>
    setLeft(new Set(isChosen ? [...left].filter((name) => name !== path) : [...left, path]))
  const restore = () => {
    const fields = isWhole ? {} : { fields: [...chosen] }
    restoring.mutate(
      { versionId: version.id, restore: { if_revision: item.revision, ...fields } },
      {
        onSuccess: () => {
          onClose()
          void notifyDone(t('done'))
        },
      },
    )
  }
  return (
    <Stack>
      <Text size="sm">{t('text')}</Text>
      {isWhole && <Text size="sm">{t(version.content.status === 'trash' || version.deleted ? 'trash' : 'gone')}</Text>}
      {!isWhole && <FieldChoice paths={paths} chosen={chosen} onChange={change} />}
      {!isWhole && chosen.size === 0 && (
        <Text component="output" size="sm">
          {t('none')}
        </Text>
      )}
      {isCode(restoring.error, 'conflict') && (
        <Alert color="yellow" role="alert">
          {t('movedOn')}
        </Alert>
      )}
      {restoring.error && !isCode(restoring.error, 'conflict') && <ErrorState error={restoring.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {common('cancel')}
        </Button>
        <Button loading={restoring.isPending} disabled={!isWhole && chosen.size === 0} onClick={restore}>
          {t('confirm')}
        </Button>
      </Group>
    </Stack>
  )
}

/** Asks what to restore of a version, and restores it. */
export function RestoreButton({ item, version }: RestoreProps): ReactNode {
  const t = useTranslations('history.restore')
  const common = useTranslations('common')
  const [isOpen, setOpen] = useState(false)
  const isEqual = compareVersions(version.content, item).length === 0 && version.deleted === item.deleted
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconHistory size={16} aria-hidden />}
        disabled={isEqual}
        onClick={() => setOpen(true)}
      >
        {t('button')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('title')}
        centered
        closeButtonProps={{ 'aria-label': common('close') }}
      >
        <RestoreForm item={item} version={version} onClose={() => setOpen(false)} />
      </Modal>
    </>
  )
}
