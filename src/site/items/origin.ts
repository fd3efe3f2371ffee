/** What made a version of an item what it is, as the journal keeps it (replica/tables/history.ts). */
import type { VersionAction } from '../../contract/versions.ts'
import type { ItemDoc } from './doc.ts'
import { diffDocs, type FieldPath } from './fields.ts'
import type { Deletion, ItemRecord } from './record.ts'

/** Names of fields that are kept with a version; a version that differs in more says so by these. */
const MOST_FIELDS = 50
/** Characters of a name that a site tells. */
const NAME_CHARACTERS = 250

/** Who changes an item, and by what. */
export interface Change {
  action: VersionAction
  /** As the audit log names them: `user:usr_…`; null for the site. */
  by: string | null
  /** Id of the run, bulk job, restore or version that it comes from. */
  source?: string | null
  /** Who saved the post in WordPress, as the site says. */
  savedBy?: string | null
}

/** A change together with when it was made and what it changed. Short names: it is stored with every version. */
export interface Origin extends Change {
  /** Milliseconds since 1970. */
  at: number
  fields: FieldPath[]
}

/** Whether the item counts as deleted in IGNY8. */
export const isDeletedHere = (deletion: Deletion | null): boolean => deletion === 'local' || deletion === 'both'

/** What differs between two versions of IGNY8's side: fields, and whether it is deleted. */
export function changedFields(
  before: { doc: ItemDoc; deletion: Deletion | null },
  after: Pick<ItemRecord, 'local' | 'deletion'>,
): FieldPath[] {
  const fields = diffDocs(before.doc, after.local)
  return isDeletedHere(before.deletion) === isDeletedHere(after.deletion) ? fields : ['deleted', ...fields]
}

export const originOf = (
  { action, by, source, savedBy }: Change,
  at: number,
  fields: readonly FieldPath[],
): Origin => ({
  action,
  by,
  ...(source && { source }),
  ...(savedBy && { savedBy: savedBy.slice(0, NAME_CHARACTERS) }),
  at,
  fields: fields.slice(0, MOST_FIELDS),
})

/** A version of the site's side, and the fields in which it differs from the one before. */
export interface SiteVersion {
  doc: ItemDoc
  fields: FieldPath[]
}

/**
 * The site's new version, if IGNY8's side has another text: in a conflict, or while something is still to be sent. Else
 * null: then the version of IGNY8's side is the same.
 */
export function siteVersion(before: ItemRecord | null, after: ItemRecord): SiteVersion | null {
  if (!before?.external || !after.external) return null
  const fields = diffDocs(before.external, after.external)
  if (fields.length === 0 || diffDocs(after.local, after.external).length === 0) return null
  return { doc: after.external, fields }
}
