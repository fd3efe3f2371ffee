import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compiledMessages } from './compile-messages.ts'
import { firstLoad } from './first-load.ts'
import { serviceWorker } from './service-worker.ts'

const here = (path: string) => join(import.meta.dirname, path)

/**
 * What every page has, in one file. Else it is split by which lazy part of a page needs which module, and each small file
 * costs a page some hundred bytes.
 */
const BASE = new RegExp(
  [
    '/node_modules/(?:react|react-dom|scheduler|use-intl|wouter|@tanstack|clsx)/',
    '/@mantine/core/esm/components/(?:Alert|Button|Group|Loader|Stack|Text|Title|Transition|UnstyledButton)/',
    '/@tabler/icons-react/dist/esm/(?:createReactComponent|icons/IconAlertTriangle)\\.',
    '/web/src/(?:i18n/(?:texts|index)|app/lazy-page|components/(?:states|use-problem-text))\\.tsx?$',
  ].join('|'),
)

/** Builds the app into the Worker's static assets, next to the API reference and the plugin's zip. */
export default defineConfig({
  root: here('.'),
  publicDir: here('./static'),
  plugins: [react(), compiledMessages(), firstLoad(), serviceWorker()],
  build: {
    outDir: here('../public'),
    emptyOutDir: false,
    manifest: true,
    target: 'es2022',
    chunkSizeWarningLimit: 600,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'base', test: BASE }] } } },
  },
})
