#!/usr/bin/env node
// Runs a TypeScript script of this folder under the project's own Node: `node scripts/run.mjs scripts/start.ts [args]`.
// This file alone must work on Node 20 with nothing installed; it installs the dependencies first where they are missing.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP']
const ALIVE_MS = 5_000
const PARENT_INTERVAL_MS = 500
const TURN_INTERVAL_MS = 500

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

/**
 * Runs a command in the foreground and resolves to its exit code. Signals are passed on to it, and so is the end of npm, whose
 * shell ends at a signal without passing it on.
 */
function run(command, args, { onSignal = (child, signal) => child.kill(signal), ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    const forwards = FORWARDED.map((signal) => [signal, () => onSignal(child, signal)])
    for (const [signal, forward] of forwards) process.on(signal, forward)
    const parent = process.ppid
    const isOrphan = () => process.env.npm_lifecycle_event && process.ppid !== parent
    const watch = setInterval(() => isOrphan() && onSignal(child, 'SIGTERM'), PARENT_INTERVAL_MS)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearInterval(watch)
      for (const [name, forward] of forwards) process.off(name, forward)
      resolve(signal ? 128 + constants.signals[signal] : code)
    })
  })
}

/** npm takes its time to undo an install that is cut short; whatever is left behind, the next one removes first. */
function endInstall(child, signal) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
  process.exit(128 + constants.signals[signal])
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * Lets one command at a time install: two at once would delete each other's files. Whoever comes second waits for the
 * first, and for nobody who has ended without giving its turn back.
 */
async function takeTurn() {
  const file = join(root, '.cache/installing')
  mkdirSync(dirname(file), { recursive: true })
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      const giveBack = () => rmSync(file, { force: true })
      process.on('exit', giveBack)
      return giveBack
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
    if (holder > 0 && !isRunning(holder)) rmSync(file, { force: true })
    await new Promise((resolve) => setTimeout(resolve, TURN_INTERVAL_MS))
  }
}

async function installOnce() {
  const giveBack = await takeTurn()
  if (!isInstalled()) await install()
  giveBack()
}

async function install() {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  console.log('• Installing dependencies (npm ci) …')
  const alive = setInterval(() => console.log(`  still installing (${seconds()} s)`), ALIVE_MS)
  const args = ['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
  const options = { detached: true, onSignal: endInstall, stdio: ['ignore', 'inherit', 'inherit'] }
  const npmScript = process.env.npm_execpath ?? ''
  const code = npmScript.endsWith('npm-cli.js')
    ? await run(process.execPath, [npmScript, ...args], options)
    : await run('npm', args, { ...options, shell: process.platform === 'win32' })
  clearInterval(alive)
  if (code !== 0) {
    console.error(`✗ npm ci failed with exit code ${code}; its own message is above.`)
    process.exit(code)
  }
  if (!projectNode()) {
    console.error(
      '✗ npm ci left out the `node` package: its install script must be allowed (npm config get ignore-scripts).',
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
if (!isInstalled()) await installOnce()
process.exit(await run(projectNode(), ['--disable-warning=ExperimentalWarning', script, ...args]))
