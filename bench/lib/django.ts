/** The seed's own stack beside ours: Django REST framework under gunicorn with two processes, on SQLite. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ROOT, temporaryFolder } from '../../scripts/lib/paths.ts'
import { freePort } from '../../scripts/lib/ports.ts'
import { runCommand, startService } from '../../scripts/lib/processes.ts'
import { waitFor } from '../../scripts/lib/wait.ts'
import { installPackages } from '../../scripts/wordpress/packages.ts'
import { contentTypesOf, runCase } from './cases.ts'
import type { Target } from './load.ts'
import type { Row } from './report.ts'
import type { Runtime } from './runtime.ts'
import type { Site } from './seed.ts'
import { createStructure } from './structure.ts'

const PACKAGES = ['python3-django', 'python3-djangorestframework', 'gunicorn']
const FOLDER = join(ROOT, 'bench/django')
const PYTHON = '/usr/bin/python3'
const START_MS = 30_000

interface DjangoSite {
  target: Target
  stop: () => Promise<void>
}

/** A site of so many items behind its own gunicorn. */
async function startDjango(items: number): Promise<DjangoSite> {
  await installPackages(PACKAGES)
  const folder = temporaryFolder('bench-django')
  const database = join(folder, 'db.sqlite3')
  const key = randomBytes(24).toString('base64url')
  const structure = { ...createStructure(items), last_structure_fetch: new Date().toISOString() }
  const env = { PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: '', BENCH_DATABASE: database }
  const seeded = { cwd: FOLDER, env, input: JSON.stringify({ structure, key }) }
  await runCommand(PYTHON, ['server.py', 'seed', database], seeded)
  const port = await freePort()
  // threads keep connections open, as our runtime does; without them each request would connect anew
  const workers = ['--workers', '2', '--worker-class', 'gthread', '--threads', '8', '--keep-alive', '60']
  const args = [...workers, '--bind', `127.0.0.1:${port}`, '--log-level', 'error', 'server:application']
  const service = startService('/usr/bin/gunicorn', args, join(folder, 'gunicorn.log'), { cwd: FOLDER, env })
  const url = new URL(`http://127.0.0.1:${port}/integrations/1/content-types/`)
  const headers = { authorization: `Bearer ${key}` }
  await waitFor('an answer of gunicorn', START_MS, async () => ((await fetch(url, { headers })).ok ? true : undefined))
  return { target: { url, headers, status: 200 }, stop: service.stop }
}

/** Sites of two sizes. Ours answers both at the same speed, so its smaller site stands for it. */
const SIZES = [
  { items: 10_000, atLeast: 1.5, requests: 50 },
  { items: 1_000_000, atLeast: 20, requests: 8 },
] as const
const nameOf = (items: number) => `GET content-types against Django, ${items.toLocaleString('en')} items`

/** `GET content-types` of ours against the seed's stack. */
export async function measureAgainstDjango(
  runtime: Runtime,
  site: Site,
  rounds: number,
  isWanted: (name: string) => boolean,
): Promise<Row[]> {
  const ours = contentTypesOf(site, await runtime.url('app'))
  const rows: Row[] = []
  for (const { items, atLeast, requests } of SIZES.filter((size) => isWanted(nameOf(size.items)))) {
    const django = await startDjango(items)
    try {
      const against =
        'signed in by API key, against Django REST framework under gunicorn (two processes, SQLite) that counts what is synced on each request.'
      const entry = { name: nameOf(items), against, target: { atLeast }, ours, bare: django.target, requests }
      rows.push(await runCase(entry, rounds))
    } finally {
      await django.stop()
    }
  }
  return rows
}
