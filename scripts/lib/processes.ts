import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { endWithProcess } from './shutdown.ts'

/** A command that ended with another code than 0; the message carries the end of what it printed. */
export class CommandError extends Error {
  readonly code: number | null
  constructor(command: string, code: number | null, output: string) {
    super(`${command} failed with ${code === null ? 'a signal' : `exit code ${code}`}\n${tail(output)}`.trimEnd())
    this.name = 'CommandError'
    this.code = code
  }
}

export type CommandOptions = { cwd?: string; env?: Record<string, string | undefined>; input?: string }
export type CommandOutput = { stdout: string; stderr: string }
export type CommandResult = CommandOutput & { code: number | null }

const STOP_TIMEOUT_MS = 5_000
const environment = (extra: CommandOptions['env']): NodeJS.ProcessEnv => ({ ...process.env, ...extra })

/** The last lines of a log, for messages. */
export const tail = (text: string, lines = 30): string => text.trimEnd().split('\n').slice(-lines).join('\n')

/** Runs a command to its end, whatever its exit code is. */
export async function tryCommand(
  command: string,
  args: string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: environment(options.env),
    stdio: 'pipe',
    detached: true,
  })
  const group = watch(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  return { ...output, ...(await group.closed), ...output }
}

/** Runs a command to its end and gives what it printed; throws a CommandError unless it exits with 0. */
export async function runCommand(
  command: string,
  args: string[],
  options: CommandOptions = {},
): Promise<CommandOutput> {
  const { code, stdout, stderr } = await tryCommand(command, args, options)
  if (code !== 0) throw new CommandError([command, ...args.slice(0, 3)].join(' '), code, stdout + stderr)
  return { stdout, stderr }
}

/** True when `command` can be run. */
export async function hasCommand(command: string, args: string[] = ['--version']): Promise<boolean> {
  try {
    return (await tryCommand(command, args)).code === 0
  } catch {
    return false
  }
}

export type Service = {
  child: ChildProcess
  logFile: string
  log: () => string
  stop: () => Promise<void>
  isRunning: () => boolean
}

/**
 * Starts a process that runs until it is stopped, in a process group of its own: its children (PHP's workers, workerd) stay
 * behind when the parent alone is ended. Its output goes to `logFile`.
 */
export function startService(
  command: string,
  args: string[],
  logFile: string,
  options: CommandOptions & { ipc?: boolean } = {},
): Service {
  const log = openSync(logFile, 'w')
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: environment(options.env),
    stdio: ['ignore', log, log, ...(options.ipc ? (['ipc'] as const) : [])],
    detached: true,
  })
  closeSync(log)
  const group = watch(child)
  group.closed.catch(() => undefined)
  return { child, logFile, log: () => readFileSync(logFile, 'utf8'), stop: group.stop, isRunning: group.isRunning }
}

/** Follows a child that leads a process group: ends the whole group with this process, at the latest. */
function watch(child: ChildProcess) {
  let ended = false
  const signal = (name: NodeJS.Signals) => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, name)
    } catch {
      // The group is gone already.
    }
  }
  const closed = new Promise<{ code: number | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code }))
  })
  const forget = endWithProcess({ group: child.pid, stop, kill: () => signal('SIGKILL') })
  const done = closed.then(onEnd, onEnd)
  function onEnd(): void {
    ended = true
    signal('SIGKILL')
    forget()
  }
  async function stop(): Promise<void> {
    if (ended) return
    signal('SIGTERM')
    const timer = setTimeout(() => signal('SIGKILL'), STOP_TIMEOUT_MS)
    await done
    clearTimeout(timer)
  }
  return { closed, stop, isRunning: () => !ended }
}
