import type { Command } from '../../src/contract/link.ts'
import { Applier } from './commands/apply.ts'
import { runCounts, runStatus, runStructure } from './commands/describe.ts'
import { runDigest } from './commands/digest.ts'
import { runMedia } from './commands/media.ts'
import { runFetch, runIndex } from './commands/read.ts'
import { runTerms } from './commands/terms.ts'
import type { Context } from './context.ts'
import { Documents } from './document.ts'
import type { CommandFault, Faults, SeenRequest } from './faults.ts'
import type { Site } from './site.ts'
import { byteLength } from './text.ts'
import { CommandFailure } from './types.ts'
import { publishOverdue } from './writing.ts'

/** Cost of commands in milliseconds, as the model counts time. */
export interface Costs {
  commandMs: number
  documentMs: number
}

/** PHP died in the middle of a batch. */
export class SiteDied extends Error {}

/** Executes batches in order, within their time and size; each command fails alone. */
export class Executor {
  readonly documents: Documents
  readonly costs: Costs = { commandMs: 0, documentMs: 0 }
  readonly counts: Record<string, number> = {}
  integrationId: string | null = null
  readonly #site: Site
  readonly #applier: Applier

  constructor(site: Site) {
    this.#site = site
    this.documents = new Documents(site)
    this.#applier = new Applier(site, this.documents)
  }

  /** JSON of the answer: these bytes are what is signed. */
  execute(batch: SeenRequest, context: Context, faults: Faults): string {
    const results = batch.commands.map((command) => {
      const result = context.isUsedUp
        ? notReached(command)
        : this.#executeOne(command, context, faults.command?.(command, batch))
      context.useBytes(byteLength(result))
      return result
    })
    publishOverdue(this.#site)
    return `{"protocol":1,"results":[${results.join(',')}]}`
  }

  #executeOne(command: Command, context: Context, fault: CommandFault | null | undefined): string {
    const startedMs = context.elapsedMs
    context.useMs(this.costs.commandMs + (fault?.kind === 'slow' ? fault.ms : 0))
    this.counts[command.name] = (this.counts[command.name] ?? 0) + 1
    if (fault?.kind === 'die' && fault.when === 'before') throw new SiteDied()
    try {
      if (fault?.kind === 'error' && fault.when !== 'after') throw toFailure(fault)
      const data = fault?.kind === 'data' ? JSON.stringify(fault.data) : this.#run(command, context, isWithin(fault))
      if (fault?.kind === 'error') throw toFailure(fault)
      if (fault?.kind === 'die') throw new SiteDied()
      return `{"id":${JSON.stringify(command.id)},"ok":true,"data":${data},"took_ms":${context.elapsedMs - startedMs}}`
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error
      return failed(command, error, context.elapsedMs - startedMs)
    }
  }

  #run({ id, name, args }: Command, context: Context, isInterrupted: boolean): string {
    const site = this.#site
    const reading = { site, documents: this.documents, msPerDocument: this.costs.documentMs }
    switch (name) {
      case 'status':
        return runStatus(site, context, this.integrationId)
      case 'echo':
        return JSON.stringify(context.echo)
      case 'structure':
        return runStructure(site)
      case 'counts':
        return runCounts(site, args)
      case 'index':
        return runIndex(reading, args, context)
      case 'fetch':
        return runFetch(reading, args, context)
      case 'digest':
        return runDigest(reading, args, context)
      case 'terms':
        return runTerms(site, args, context)
      case 'apply':
        return this.#applier.run(id, args, isInterrupted)
      case 'media':
        return runMedia(site, args)
      default:
        throw new CommandFailure('unknown_command', `This version of the plugin has no command “${name}”.`)
    }
  }
}

const isWithin = (fault: CommandFault | null | undefined) => fault?.kind === 'die' && fault.when === 'within'

function toFailure({ code, detail, isRetryable }: Extract<CommandFault, { kind: 'error' }>): CommandFailure {
  return new CommandFailure(code, detail ?? `The site says ${code}.`, isRetryable ?? false)
}

function failed({ id }: Command, { code, message, isRetryable, facts }: CommandFailure, tookMs: number): string {
  return JSON.stringify({ id, ok: false, code, detail: message, retryable: isRetryable, ...facts, took_ms: tookMs })
}

const notReached = (command: Command) =>
  failed(command, new CommandFailure('not_reached', 'The time or size of the batch was used up.', true), 0)
