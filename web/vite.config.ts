import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compiledMessages } from './compile-messages.ts'
import { firstLoad } from './first-load.ts'
import { serviceWorker } from './service-worker.ts'

const here = (path: string) => join(import.meta.dirname, path)

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
  },
})
