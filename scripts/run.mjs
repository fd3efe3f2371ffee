#!/usr/bin/env node
// Runs a TypeScript script of this folder under the project's own Node: `node scripts/run.mjs scripts/start.ts [args]`.
// This file alone must work on Node 20 with nothing installed; it installs the dependencies first where they are missing.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP']
const ALIVE_MS = 10_000
const PARENT_INTERVAL_MS = 500

const readLock = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages ?? {}

const projectNode = () =>
  ['node_modules/node/bin/node', 'node_modules/node/bin/node.exe'].map((path) => join(root, path)).find(existsSync)

/** True when every locked package is installed in its locked version; npm keeps its own record in node_modules. */
function isInstalled() {
  if (!projectNode() || !existsSync(join(root, 'node_modules/.package-lock.json'))) return false
  const installed = readLock('node_modules/.package-lock.json')
  return Object.entries(readLock('package-lock.json')).every(([path, wanted]) => {
    if (path === '') return true
    const found = installed[path]
    if (!found) return Boolean(wanted.optional || wanted.devOptional)
    return found.version === wanted.version && (!wanted.integrity || found.integrity === wanted.integrity)
  })
}

/** Runs a command in the foreground and resolves to its exit code, passing signals on to it. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell: command === 'npm.cmd' })
    const forwards = FORWARDED.map((signal) => [signal, () => child.kill(signal)])
    for (const [signal, forward] of forwards) process.on(signal, forward)
    endWithNpm(child)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      for (const [name, forward] of forwards) process.off(name, forward)
      resolve(signal ? 128 + constants.signals[signal] : code)
    })
  })
}

/** npm's own shell ends at a signal without passing it on; the child must not be left behind. */
function endWithNpm(child) {
  const parent = process.ppid
  if (!process.env.npm_lifecycle_event) return
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), PARENT_INTERVAL_MS).unref()
}

async function install() {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  console.log('• Installing dependencies (npm ci) …')
  const alive = setInterval(() => console.log(`  still installing (${seconds()} s)`), ALIVE_MS)
  const npm = process.env.npm_execpath
    ? [process.execPath, [process.env.npm_execpath]]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []]
  const code = await run(npm[0], [...npm[1], 'ci', '--no-audit', '--no-fund', '--loglevel=error'])
  clearInterval(alive)
  if (code !== 0) {
    console.error(`npm ci failed with exit code ${code}; its own message is above.`)
    process.exit(code)
  }
  if (!projectNode()) {
    console.error(
      'npm ci left out the `node` package: its install script must be allowed (npm config get ignore-scripts).',
    )
    process.exit(1)
  }
  console.log(`✓ Installing dependencies (${seconds()} s)`)
}

const [script, ...args] = process.argv.slice(2)
if (!script) {
  console.error('usage: node scripts/run.mjs scripts/<name>.ts [args]')
  process.exit(2)
}
if (!isInstalled()) await install()
process.exit(await run(projectNode(), ['--disable-warning=ExperimentalWarning', script, ...args]))
