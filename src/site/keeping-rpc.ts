/** What the Worker asks of a site's object to export, import, back up and restore it. Part of rpc.ts. */
import type { ImportCounts, ImportOptions, ImportRefusals, SiteImport } from '../contract/imports.ts'
import type { Restore, RestorePlan } from '../contract/restores.ts'
import type { CallingKey, RpcResult } from './rpc.ts'

/** A page of lines, each with its line feed, and where the next page begins; null: it was the last. */
export interface ExportPage<Place> {
  text: string
  next: Place | null
}

export interface TermKey {
  taxonomy: string
  id: number
}

/** Where a file of lines is: how many have been read, and the digest over the blocks that have ended. */
export interface FilePosition {
  lines: number
  sum: string
}

/** A line of an import, checked against its schema. */
export interface StagedLine {
  line: number
  kind: string
  /** The item that it is of. */
  id: string | null
  postId: number | null
  text: string
}

export interface ImportPart {
  importId: string
  /** Its number, from 1 on. */
  part: number
  bytes: number
  lines: StagedLine[]
  /** Lines that were left out at once, by the reason. */
  leftOut: ImportCounts['refused']
  /** Where the file is after this part. */
  after: FilePosition
  /** The address of the connected site, in the part that has the first line. */
  siteUrl?: string | null
  isLast: boolean
}

export interface ImportStart {
  id: string
  options: ImportOptions
  /** Who asked for it: `user:usr_…`. */
  actor: string
  /** The address of the WordPress that the site is connected to; null if there is none. */
  siteUrl: string | null
}

export interface ImportApply {
  /** What was left out of the file's settings. */
  refused: ImportCounts['refused']
  siteUrl: string | null
}

/** Where a backup of an object goes on: a table, and the key of its last row. `old`: rows as they were when it began. */
export interface DumpPlace {
  table: string
  old: boolean
  after: (string | number)[] | null
}

/** A part of a backup that is loaded into an object. */
export interface LoadPart {
  restoreId: string
  /** Its number, from 1 on. */
  part: number
  lines: string[]
  after: FilePosition
  isLast: boolean
  /** Whether content that the object has may be replaced. */
  replaces: boolean
}

export interface LoadState extends FilePosition {
  /** Parts that have come. */
  parts: number
  isWhole: boolean
}

export interface RestoreStart {
  id: string
  /** Milliseconds since 1970. */
  to: number
  newer: Restore['newer']
}

/** A call that concerns a site, and its integration if there is one. */
export type SiteCall = CallingKey & { integrationId?: string }

export interface KeepingRpc {
  /** Items after a row number with their resolved conflicts, as lines of an export. */
  exportItems(siteId: string, after: number): Promise<ExportPage<number>>
  /** The site's terms, likewise. */
  exportTerms(siteId: string, after: TermKey | null): Promise<ExportPage<TermKey>>

  /** Starts an import; one that was waiting for more parts is dropped. */
  startImport(key: CallingKey, start: ImportStart): Promise<RpcResult<SiteImport>>
  /** Where the file of an import is. */
  importPosition(
    key: CallingKey,
    importId: string,
  ): Promise<RpcResult<FilePosition & { parts: number; isWhole: boolean }>>
  /** Stores a part of its file. A part that has come already is left alone. */
  stageImport(key: CallingKey, part: ImportPart): Promise<RpcResult<SiteImport>>
  /** The line of the file that has the settings; null if there is none. */
  importSettings(key: CallingKey, importId: string): Promise<RpcResult<string | null>>
  /** Carries the import out, in the background. Its file must have come whole. */
  applyImport(key: SiteCall, importId: string, apply: ImportApply): Promise<RpcResult<SiteImport>>
  /** The import that is under way, or the last one. */
  getImport(key: CallingKey): Promise<RpcResult<SiteImport>>
  /** What it refused, in the order of the file. @param after line of the last one of the page before */
  listRefusals(key: CallingKey, after: number, limit: number): Promise<RpcResult<ImportRefusals>>
  /** Drops an import that was not carried out. */
  dropImport(key: CallingKey): Promise<RpcResult<null>>

  /** What putting the site's items back to a moment would do. */
  planRestore(key: CallingKey, input: Omit<RestoreStart, 'id'>): Promise<RpcResult<RestorePlan>>
  /** Starts to put the site's items back to a moment, in the background. Repeating it returns the one that was started. */
  startRestore(key: SiteCall, start: RestoreStart): Promise<RpcResult<Restore>>
  /** Starts to take a restore back. */
  undoRestore(key: SiteCall, id: string, undoes: string): Promise<RpcResult<Restore>>
  listRestores(key: CallingKey): Promise<RpcResult<Restore[]>>

  /** Winds the whole object back by the platform, with the next call of `restart`. @returns the bookmark that undoes it */
  rewind(key: CallingKey, to: number): Promise<RpcResult<{ bookmark: string }>>
  /** Restarts the object. The call fails, since the object ends. */
  restart(): Promise<void>
  /** Brings an object in order that was wound back, or loaded from a backup, and lets it work again. */
  settleRestored(key: SiteCall, rewind: { id: string; to: number } | null): Promise<RpcResult<null>>

  /** A page of a backup of the object as it was when the first page was read. @param place null for the first page */
  dump(backupId: string, place: DumpPlace | null): Promise<RpcResult<ExportPage<DumpPlace>>>
  /** Loads a part of a backup. From the first part until `settleRestored` the object does nothing else. */
  load(part: LoadPart): Promise<RpcResult<LoadState>>
  /** How much of a backup was loaded. */
  loadState(restoreId: string): Promise<LoadState>
}
