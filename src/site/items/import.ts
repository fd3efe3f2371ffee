import type { PostDocument } from '../../contract/content-link.ts'
import type { ConflictPolicy } from '../../contract/integrations.ts'
import { toItemDoc, withKnownAuthor, type ItemDoc } from './doc.ts'
import { copyFields, diffDocs } from './fields.ts'
import { withMadeBody } from './made-body.ts'
import { mergeDocs } from './merge.ts'
import { hasTrashStatus, withoutError, type Decision, type ItemRecord } from './record.ts'
import { keepLateness } from './schedule.ts'
import { resolveConflict } from './conflict.ts'
import { baseOfStaleSave, contestedFields, newStaleSave, seenStaleSave } from './stale-save.ts'

/** Settings that decide how a change is imported. */
export interface Rules {
  policy: ConflictPolicy
  /** Milliseconds since 1970. */
  now: number
  newId: () => string
  /** The moment that the platform wound the site's object back to, and when it did; null if it never did. */
  rewound?: { to: number; at: number } | null
}

/** Stands for the deletion among the fields of a conflict: one side deleted the item, the other changed it. */
export const DELETED = 'deleted'

/** The values that a record takes from its post. */
export const externalColumns = (post: PostDocument) => ({
  type: post.type,
  externalId: post.id,
  etag: post.body === null ? null : post.etag,
  externalModified: post.modified,
  externalUrl: post.url,
  builder: post.builder,
  seoProvider: post.seo?.provider ?? null,
  isProtected: post.protected,
  isListed: post.listed,
  leftAloneAt: null,
})

/** An item that is new here, or was deleted and returns: both sides get the site's content. */
function importAsNew(before: ItemRecord | null, post: PostDocument, external: ItemDoc, rules: Rules): ItemRecord {
  return {
    n: before?.n ?? 0,
    id: before?.id ?? rules.newId(),
    revision: (before?.revision ?? 0) + 1,
    deletion: null,
    conflictFields: [],
    conflictSince: null,
    error: null,
    errorSince: null,
    attempts: 0,
    retryAt: null,
    publishedLateAt: null,
    updatedAt: rules.now,
    base: external,
    local: external,
    external,
    conflictExternal: null,
    staleSave: post.stale_save && seenStaleSave(post.stale_save, null),
    ...externalColumns(post),
  }
}

/** A post that could not be read yet: only its id is known. */
const isPlaceholder = ({ base, externalId }: ItemRecord) => base === null && externalId !== null

const decided = (record: ItemRecord): Decision => ({ record, resolvedFrom: null })

/**
 * Whether the object was wound back after the item's last change, and the post was changed before that. Its IGNY8 side
 * then counts as what a person has put back: where the post differs, somebody chooses.
 */
const wasWoundBack = ({ rewound = null }: Rules, before: ItemRecord, post: PostDocument): boolean =>
  rewound !== null && before.updatedAt <= rewound.to && post.modified * 1000 <= rewound.at

/** The post may be synced again, and is as it was. What was changed here meanwhile is sent at once. */
const readAgain = (before: ItemRecord, { now }: Rules): ItemRecord => ({
  ...withoutError(before),
  leftAloneAt: null,
  retryAt: before.local === before.external ? null : now,
})

/** The item was deleted here: a change of the post is a conflict, unless only its etag changed. */
function importIntoDeleted(before: ItemRecord, post: PostDocument, external: ItemDoc, rules: Rules): Decision {
  const updated = { ...before, ...externalColumns(post), external }
  if (before.external && diffDocs(before.external, external).length === 0) return decided(updated)
  return openConflict({ ...updated, conflictExternal: null }, [DELETED], rules)
}

/**
 * A post whose item was deleted before the answer to its create came: it goes to the site's trash, with whatever
 * somebody made of it since.
 */
const importIntoUnsent = (before: ItemRecord, post: PostDocument, external: ItemDoc, rules: Rules): ItemRecord => ({
  ...importAsNew(before, post, external, rules),
  local: { ...external, status: 'trash' },
  // it is sent at once: nobody asks for it any more
  retryAt: hasTrashStatus(external) ? null : rules.now,
})

/** The site's side of a conflict. After an undone resolution it is the restored side plus later changes of the post. */
function externalInConflict({ conflictExternal, external }: ItemRecord, next: ItemDoc): ItemDoc {
  return conflictExternal && external ? copyFields(conflictExternal, next, diffDocs(external, next)) : next
}

/** Opens a conflict in these fields, and resolves it at once if the integration's policy says which side wins. */
function openConflict(record: ItemRecord, fields: string[], rules: Rules): Decision {
  const conflict = { ...record, conflictFields: fields, conflictSince: record.conflictSince ?? rules.now }
  if (rules.policy === 'manual') return decided(conflict)
  const externalMs = (record.externalModified ?? 0) * 1000
  const newest = externalMs >= record.updatedAt ? 'wordpress' : 'igny8'
  const side = rules.policy === 'newest' ? newest : rules.policy
  const choices = Object.fromEntries(fields.map((field) => [field, side]))
  return { record: resolveConflict(conflict, choices, rules), resolvedFrom: conflict }
}

/**
 * Imports a post into its item. A field that one side changed takes that side's value; a field that both changed
 * differently becomes a conflict that keeps both values.
 * @returns null if nothing changed, so that nothing is written
 */
export function importPost(before: ItemRecord | null, post: PostDocument, rules: Rules): Decision | null {
  const staleSave = newStaleSave(before, post)
  const isKnown =
    before !== null && before.deletion !== 'both' && before.etag === post.etag && before.type === post.type
  if (isKnown && before.leftAloneAt !== null && !staleSave) return decided(readAgain(before, rules))
  if (isKnown && !staleSave)
    return before.error && before.local === before.external ? decided(withoutError(before)) : null
  const external = toItemDoc(post, before?.external?.body)
  if (before !== null && before.deletion !== null && before.externalId === null)
    return decided(importIntoUnsent(before, post, external, rules))
  if (!before || before.deletion === 'both' || isPlaceholder(before)) {
    return decided(importAsNew(before, post, external, rules))
  }
  if (before.deletion === 'local') return importIntoDeleted(before, post, external, rules)
  const known = withMadeBody(before, post)
  // an item that an earlier release imported has no author yet: learning it is no change of either side
  const agreed = withKnownAuthor(known.base ?? external, external)
  const base = staleSave ? baseOfStaleSave(agreed, staleSave) : agreed
  const local = withKnownAuthor(known.local, external)
  const conflictExternal = withKnownAuthor(externalInConflict(before, external), external)
  const { doc: merge, conflicts: found } = mergeDocs(base, local, conflictExternal)
  const putBack = wasWoundBack(rules, before, post) ? diffDocs(local, conflictExternal) : []
  const doc = copyFields(merge, local, putBack)
  const contested = staleSave ? contestedFields(staleSave, doc, conflictExternal) : []
  const conflicts = [...new Set([...found, ...contested, ...putBack])]
  const merged: ItemRecord = {
    ...withoutError(before),
    ...externalColumns(post),
    deletion: null,
    conflictFields: [],
    conflictSince: conflicts.length > 0 ? before.conflictSince : null,
    revision: diffDocs(withKnownAuthor(before.local, external), doc).length > 0 ? before.revision + 1 : before.revision,
    updatedAt: rules.now,
    publishedLateAt: keepLateness(before, doc),
    // both sides agree on all fields that are not in conflict; their next change is then a change of one side
    base: copyFields(external, base, conflicts),
    local: doc,
    external,
    conflictExternal: null,
    staleSave: staleSave
      ? seenStaleSave(staleSave, conflicts.length > 0 ? (before.conflictSince ?? rules.now) : null)
      : before.staleSave,
  }
  if (conflicts.length === 0) {
    // what the editor only sent along goes back to the site at once
    const isUndone = staleSave !== null && diffDocs(doc, external).length > 0
    return decided(isUndone ? { ...merged, retryAt: rules.now } : merged)
  }
  const restored = diffDocs(conflictExternal, external).length > 0 ? conflictExternal : null
  const opened = { ...merged, updatedAt: before.updatedAt, conflictExternal: restored }
  const isChosen = staleSave?.kept === true && conflicts.every((path) => Object.hasOwn(staleSave.base ?? {}, path))
  return openConflict(opened, conflicts, isChosen ? { ...rules, policy: 'wordpress' } : rules)
}

/**
 * Imports the permanent deletion of a post. The item becomes a tombstone; if it has unsent changes, they are kept in a
 * conflict.
 * @returns null if nothing changed
 */
export function importDeletion(before: ItemRecord, rules: Rules): Decision | null {
  if (before.deletion === 'both' || before.deletion === 'external') return null
  const gone: ItemRecord = {
    ...before,
    etag: null,
    externalUrl: null,
    leftAloneAt: null,
    conflictExternal: null,
    updatedAt: rules.now,
  }
  const isUnchanged = before.base !== null && diffDocs(before.base, before.local).length === 0
  if (before.deletion === 'local' || isUnchanged || isPlaceholder(before)) {
    const tombstone = { ...withoutError(gone), conflictFields: [], conflictSince: null, conflictExternal: null }
    return decided({ ...tombstone, deletion: 'both', revision: before.revision + 1 })
  }
  return openConflict({ ...gone, deletion: 'external', updatedAt: before.updatedAt }, [DELETED], rules)
}
