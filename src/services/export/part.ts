import type { ServiceContext } from '../context.ts'
import { type Place, writeCursor } from './place.ts'
import { Seal } from './seal.ts'
import type { Filter, Key, Section } from './section.ts'

/** No page is read any more with fewer queries left: sealing the record of an export takes some. */
const RESERVED_QUERIES = 50
/** Most pages of an object in one part: each is a call, and a request may make 10,000 calls. */
const OBJECT_PAGES = 5_000

/** A part of an export: as much of it as one request may read. */
export class Part {
  readonly ctx: ServiceContext
  readonly seal: Seal
  /** The kinds of lines in their order; each has its own way to be read. */
  readonly kinds: readonly string[]
  place: Place
  #objectPages = OBJECT_PAGES

  constructor(ctx: ServiceContext, place: Place, kinds: readonly string[]) {
    this.ctx = ctx
    this.place = place
    this.kinds = kinds
    this.seal = new Seal(place.seal ?? undefined)
  }

  isFull(): boolean {
    return this.ctx.queriesLeft() <= RESERVED_QUERIES || this.#objectPages <= 0
  }

  /** Counts a call of an object. */
  callObject(): void {
    this.#objectPages--
  }

  /** Goes on behind a row, or with the next kind. */
  goOn(after: Key | null): void {
    this.place = { ...this.place, after }
  }

  nextKind(): void {
    const next = this.kinds[this.kinds.indexOf(this.place.kind) + 1] ?? ''
    this.place = { ...this.place, kind: next, after: null }
  }

  /** The last line of this part: of the whole export, or the one that says where it goes on. */
  end(isWhole: boolean): string {
    if (isWhole) return this.seal.end(this.place.failures)
    return line({ kind: 'page', next: writeCursor({ ...this.place, seal: this.seal.state }) })
  }
}

export const line = (value: Record<string, unknown>): string => `${JSON.stringify(value)}\n`

/** Writes what is left of a section, or of the part. */
export async function* readSection(part: Part, section: Section, filter?: Filter): AsyncGenerator<string> {
  const { kind, page, read, key } = section
  while (!part.isFull()) {
    const rows = await read(part.ctx, part.place.after, filter)
    const last = rows.at(-1)
    yield await part.seal.block(rows.map((row) => line({ kind, ...row })).join(''))
    if (last) part.goOn(key(last))
    if (rows.length < page) {
      part.nextKind()
      return
    }
  }
}
