import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Site } from '../../api/types.ts'
import { ExportPanel } from './export-panel.tsx'
import { ImportPanel } from './import-panel.tsx'

/** Files of the site. Seldom needed, so that they are loaded after the rest of the page. */
export default function FilesPanels({ site }: { site: Site }): ReactNode {
  return (
    <Stack gap="lg">
      <ExportPanel site={site} />
      <ImportPanel site={site} />
    </Stack>
  )
}
