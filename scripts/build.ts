/** `npm run build`: puts the files that the Worker serves besides its answers into `public/`. */
import { copyFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const REFERENCE = 'public/reference'
const swaggerUi = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

mkdirSync(REFERENCE, { recursive: true })
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
  copyFileSync(path.join(swaggerUi, name), path.join(REFERENCE, name))
}
await import('./plugin-zip.ts')
