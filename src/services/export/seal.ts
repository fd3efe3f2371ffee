import * as z from 'zod'
import { NO_SUM } from '../../contract/site-file.ts'
import { sha256Hex } from '../../lib/hmac.ts'

/** What has been written so far. */
export const SealState = z.lazy(() =>
  z.strictObject({
    lines: z.number().int().min(0),
    sum: z.string().regex(/^[0-9a-f]{64}$/),
    counts: z.record(z.string().max(40), z.number().int().min(0)),
  }),
)
export type SealState = z.infer<typeof SealState>

const KIND = /^\{"kind":"(\w+)"/

/** The kind of a line; empty if it names none. */
export const kindOf = (line: string): string => KIND.exec(line)?.[1] ?? ''

/** The digest of a block and of all blocks before it. A block is whole lines, each with its line feed. */
export const digestBlock = (sum: string, block: string): Promise<string> => sha256Hex(`${sum}\n${block}`)

/** A block ends here; one line may be longer. */
const BLOCK_CHARACTERS = 1_500_000

/** Texts of whole lines that together are a text. */
function* cutBlocks(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const isRest = text.length - from <= BLOCK_CHARACTERS
    const last = isRest ? text.length - 1 : text.lastIndexOf('\n', from + BLOCK_CHARACTERS - 1)
    const end = (last < from ? text.indexOf('\n', from) : last) + 1
    yield text.slice(from, end)
    from = end
  }
}

/**
 * Makes a file of lines one that proves that it is whole. After each block stands a line `check` with a digest of the
 * block and of all before it, at the end a line with the number of lines of each kind and the last digest. So damage is
 * found where it is, in a file of any size that is written and read in parts.
 */
export class Seal {
  #state: SealState

  constructor(state: SealState = { lines: 0, sum: NO_SUM, counts: {} }) {
    this.#state = state
  }

  get state(): SealState {
    return this.#state
  }

  /** Lines with their check; with several if they are too long for one block. No lines are nothing. */
  async block(text: string): Promise<string> {
    let sealed = ''
    for (const block of cutBlocks(text)) sealed += await this.#seal(block)
    return sealed
  }

  async #seal(text: string): Promise<string> {
    const sum = await digestBlock(this.#state.sum, text)
    const counts = { ...this.#state.counts }
    let { lines } = this.#state
    for (const line of text.split('\n')) {
      if (line === '') continue
      const kind = kindOf(line) || 'unknown'
      counts[kind] = (counts[kind] ?? 0) + 1
      lines++
    }
    lines++
    this.#state = { lines, sum, counts }
    return `${text}${JSON.stringify({ kind: 'check', lines, sum })}\n`
  }

  /** The last line. */
  end(failures: number): string {
    const { lines, sum, counts } = this.#state
    return `${JSON.stringify({ kind: 'end', complete: failures === 0, failures, lines: lines + 1, counts, sum })}\n`
  }
}
