import { Button, Group, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface ExportDownloadProps {
  label: string
  /** What `useExport` gives. */
  download: { isPending: boolean; data: boolean | undefined }
  words: { loading: string; done: string; incomplete: string }
  onStart: () => void
}

/** A button that downloads an export, and beside it how much has come, and whether all of it is there. */
export function ExportDownload({ label, download, words, onStart }: ExportDownloadProps): ReactNode {
  return (
    <Group>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={download.isPending}
        onClick={onStart}
      >
        {label}
      </Button>
      <Text size="sm" component="output" aria-live="polite">
        {download.isPending && words.loading}
        {download.data === true && words.done}
        {download.data === false && words.incomplete}
      </Text>
    </Group>
  )
}
