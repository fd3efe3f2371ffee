/**
 * Imports the export of a site. Its file comes in parts and is kept until all of it is here and intact; only then is
 * anything carried out, in steps that commit with the line that they end at. So a file that is damaged or cut off changes
 * nothing, and an object that restarts goes on where it was. Everything that is left out is kept with its reason.
 */
import { MAX_FILE_BYTES, MAX_FILE_LINES, NO_SUM, type ItemLine, type UndoLine } from '../../contract/site-file.ts'
import type { ImportCode, ImportRefusals, SiteImport } from '../../contract/imports.ts'
import { addressForms } from '../../lib/site-address.ts'
import { fromItemLine, fromUndoLine } from '../items/file.ts'
import { verifyAt } from '../items/schedule.ts'
import { takeOver, type Taken } from '../items/take-over.ts'
import {
  refusal,
  type FilePosition,
  type ImportApply,
  type ImportPart,
  type ImportStart,
  type RpcResult,
} from '../rpc.ts'
import type { Replica } from './store.ts'
import {
  addRefused,
  type ImportRow,
  type ImportTable,
  presentImport,
  readImportCounts,
  readImportHead,
  readOptions,
} from './tables/imports.ts'

export interface ImportContext {
  replica: Replica
  imports: ImportTable
  siteId: string
  /** Milliseconds since 1970. */
  now: () => number
}

/** Lines of a step, and characters after which it ends. */
const STEP_LINES = 200
const STEP_CHARACTERS = 4_000_000

const NOT_FOUND = refusal('import_not_found', 'No import is under way.')

/** Whether the file is of the WordPress that the site is connected to. */
function isSameSite(row: ImportRow): boolean {
  const [ours, theirs] = [row.target, readImportHead(row)?.siteUrl ?? null]
  return ours !== null && theirs !== null && addressForms(theirs).some((form) => addressForms(ours).includes(form))
}

const present = (ctx: ImportContext, row: ImportRow): RpcResult<SiteImport> => ({
  ok: true,
  value: presentImport(row, ctx.siteId, isSameSite(row)),
})

function found(ctx: ImportContext): RpcResult<SiteImport> {
  const row = ctx.imports.read()
  return row ? present(ctx, row) : NOT_FOUND
}

export const getImport = found

export function startImport(ctx: ImportContext, start: ImportStart): RpcResult<SiteImport> {
  return ctx.replica.database.transaction(() => {
    const before = ctx.imports.read()
    if (before?.id !== start.id) {
      if (before?.state === 'applying') return refusal('import_running', 'An import of this site is being carried out.')
      ctx.imports.start(start, NO_SUM, ctx.now())
    }
    return found(ctx)
  })
}

export function importPosition(
  { imports }: ImportContext,
  id: string,
): RpcResult<FilePosition & { parts: number; isWhole: boolean }> {
  const row = imports.read()
  if (row?.id !== id) return NOT_FOUND
  const { lines, sum, parts, state } = row
  return { ok: true, value: { lines, sum, parts, isWhole: state !== 'receiving' } }
}

/** Stores a part that was read from a known place on. A repeat is left alone. */
export function stageImport(ctx: ImportContext, part: ImportPart): RpcResult<SiteImport> {
  const { imports, replica } = ctx
  return replica.database.transaction(() => {
    const row = imports.read()
    if (row?.id !== part.importId) return NOT_FOUND
    if (part.part <= row.parts) return present(ctx, row)
    if (part.part !== row.parts + 1 || row.state !== 'receiving')
      return refusal('part_out_of_order', `Part ${row.parts + 1} is expected.`)
    if (row.bytes + part.bytes > MAX_FILE_BYTES || part.after.lines > MAX_FILE_LINES)
      return refusal('file_too_large', `At most ${MAX_FILE_BYTES} bytes and ${MAX_FILE_LINES} lines are possible.`)
    imports.addLines(part.lines)
    imports.addPart(part.after, part.bytes, part.siteUrl === undefined ? null : { siteUrl: part.siteUrl })
    const counts = readImportCounts(row)
    addRefused(counts, part.leftOut)
    imports.save(part.isLast ? 'whole' : 'receiving', 0, counts)
    return found(ctx)
  })
}

export function importSettings({ imports }: ImportContext, id: string): RpcResult<string | null> {
  return imports.read()?.id === id ? { ok: true, value: imports.settings() } : NOT_FOUND
}

/** Has the import carried out by the next alarms. */
export function applyImport(ctx: ImportContext, id: string, { refused, siteUrl }: ImportApply): RpcResult<SiteImport> {
  return ctx.replica.database.transaction(() => {
    const row = ctx.imports.read()
    if (row?.id !== id) return NOT_FOUND
    if (row.state === 'receiving') return refusal('file_incomplete', `It ends at line ${row.lines}, without its end.`)
    if (row.state !== 'whole') return present(ctx, row)
    const counts = readImportCounts(row)
    addRefused(counts, refused)
    const [code] = Object.keys(refused) as ImportCode[]
    if (code !== undefined) ctx.imports.refuseSettings(code)
    ctx.imports.setTarget(siteUrl)
    ctx.imports.save('applying', 0, counts)
    return found(ctx)
  })
}

export function dropImport({ imports, replica }: ImportContext): RpcResult<null> {
  return replica.database.transaction(() => {
    const row = imports.read()
    if (!row) return NOT_FOUND
    if (row.state === 'applying') return refusal('import_running', 'It is being carried out.')
    imports.drop()
    return { ok: true, value: null }
  })
}

export function listRefusals({ imports }: ImportContext, after: number, limit: number): RpcResult<ImportRefusals> {
  const rows = imports.refusals(after, limit + 1)
  const shown = rows.slice(0, limit)
  const results = shown.map(({ line, kind, id, text, code }) => ({ line, kind, item_id: id, title: text, code }))
  return { ok: true, value: { results, next: rows.length > limit ? (shown.at(-1)?.line ?? null) : null } }
}

/** Carries out one item. @returns its row number if it is new */
function takeItem(ctx: ImportContext, row: ImportRow, line: ItemLine): { taken: Taken; created: number | null } {
  const { items, inbox } = ctx.replica
  const incoming = fromItemLine(line)
  const sameSite = isSameSite(row)
  const ofPost = sameSite && incoming.externalId !== null ? items.getByExternalId(incoming.externalId) : null
  const taken = takeOver({
    existing: ofPost ?? items.get(incoming.id),
    incoming,
    isSameSite: sameSite,
    replaces: readOptions(row).replace,
    itemOfPost: (postId) =>
      ctx.imports.itemOfPost(postId) ?? (sameSite ? items.getByExternalId(postId)?.id : null) ?? null,
    now: ctx.now(),
  })
  if (taken.kind !== 'created' && taken.kind !== 'replaced') return { taken, created: null }
  const n = items.save(taken.record, { action: 'import', by: row.actor, source: row.id })
  const at = verifyAt(taken.record, ctx.now())
  if (at !== null && taken.record.externalId !== null) inbox.verify(taken.record.externalId, at, ctx.now())
  return { taken, created: taken.kind === 'created' ? n : null }
}

/** Lines to carry out next. Resolved conflicts follow their item: a step does not end between them. */
function nextLines({ imports }: ImportContext, cursor: number) {
  const lines = imports.linesAfter(cursor, STEP_LINES)
  const last = lines.findLastIndex(({ kind }) => kind !== 'undo')
  return lines.length === STEP_LINES && last > 0 ? lines.slice(0, last) : lines
}

/** What became of an item, for the resolved conflicts that follow it. */
interface LastItem {
  kind: Taken['kind']
  created: number | null
  isLinked: boolean
}

/** Why a resolved conflict is left out; null if it is stored, or is here already. */
function takeUndo(ctx: ImportContext, last: LastItem | null, text: string): ImportCode | null {
  if (last?.kind === 'unchanged') return null
  if (last === null || last.created === null) return 'item_not_imported'
  if (!last.isLinked) return 'not_linked'
  ctx.replica.resolutions.copy(last.created, fromUndoLine(JSON.parse(text) as UndoLine))
  return null
}

/** Carries out the next lines of the file, in one transaction. @returns whether it is done */
export function playImport(ctx: ImportContext): boolean {
  return ctx.replica.database.transaction(() => {
    const row = ctx.imports.read()
    if (row?.state !== 'applying') return true
    const counts = readImportCounts(row)
    const lines = nextLines(ctx, row.cursor)
    let [cursor, characters] = [row.cursor, 0]
    let last: LastItem | null = null
    const refuse = (line: number, code: ImportCode, title: string) => {
      ctx.imports.refuse(line, code, title)
      addRefused(counts, { [code]: 1 })
    }
    for (const { line, kind, text } of lines) {
      if (characters >= STEP_CHARACTERS && kind !== 'undo') break
      cursor = line
      characters += text.length
      if (kind === 'undo') {
        const code = takeUndo(ctx, last, text)
        if (code !== null) refuse(line, code, '')
      } else if (kind === 'item') {
        const parsed = JSON.parse(text) as ItemLine
        const { taken, created } = takeItem(ctx, row, parsed)
        last = { kind: taken.kind, created, isLinked: taken.kind === 'created' && taken.record.externalId !== null }
        if (taken.kind === 'refused') refuse(line, taken.code, parsed.igny8.title)
        else counts[taken.kind]++
        if (last.isLinked) counts.linked++
        else if (created !== null && parsed.conflict_fields.length > 0) refuse(line, 'not_linked', parsed.igny8.title)
      }
    }
    ctx.imports.save('applying', cursor, counts)
    return lines.length === 0
  })
}

/** Ends an import that was carried out. Its outcome stays for a week. */
export function endImport({ replica, imports }: ImportContext): void {
  replica.database.transaction(() => {
    const row = imports.read()
    if (!row) return
    imports.save('done', row.lines, readImportCounts(row))
    imports.dropTexts()
  })
}
