/**
 * A save in WordPress from an editor that was opened before IGNY8's last write: a tab on a laptop that slept, say. The
 * post then has what that editor shows, and the fields that IGNY8 had changed look as if somebody had changed them back.
 *
 * The plugin says what the editor was opened with. With these values as the base of the merge, a field that the person
 * edited becomes a conflict with both texts, and a field that the editor only sent along keeps IGNY8's value.
 */
import type { PostDocument, StaleSave } from '../../contract/content-link.ts'
import type { ItemDoc } from './doc.ts'
import { isFieldEqual, writeField } from './fields.ts'
import type { ItemRecord, SeenStaleSave } from './record.ts'

/** The stale save of a post, if it was not imported yet. */
export function newStaleSave(before: ItemRecord | null, { stale_save: save }: PostDocument): StaleSave | null {
  return save === null || before?.staleSave?.id === save.id ? null : save
}

/** What is stored of it. @param opened when the conflict began that it opened; null if there is none */
export const seenStaleSave = ({ id, by, at }: StaleSave, opened: number | null): SeenStaleSave => ({
  id,
  by,
  at: at * 1000,
  opened,
})

/** A value of the plugin as one of a document. */
function toFieldValue(path: string, value: unknown): unknown {
  if (path === 'date' && typeof value === 'string') return new Date(value).toISOString()
  if (path === 'parent' && value === 0) return null
  // of an SEO field null is a value: no primary category
  return path.startsWith('seo.') ? value : (value ?? undefined)
}

/** The base with what the editor was opened with. */
export const baseOfStaleSave = (base: ItemDoc, save: StaleSave): ItemDoc =>
  Object.entries(save.base ?? {}).reduce((doc, [path, value]) => writeField(doc, path, toFieldValue(path, value)), base)

/**
 * Fields to choose although only one side seems to have changed: all that differ, if the editor didn't say what it was
 * opened with, or if a person chose the saved version.
 */
export function contestedFields(save: StaleSave, local: ItemDoc, external: ItemDoc): string[] {
  if (save.certain && !save.kept) return []
  return Object.keys(save.base ?? {}).filter((path) => !isFieldEqual(local, external, path))
}
