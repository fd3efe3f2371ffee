import type { PostDocument } from '../../contract/content-link.ts'
import type { ConflictPolicy } from '../../contract/integrations.ts'
import { EMPTY_DOC, toItemDoc, type ItemDoc } from './doc.ts'
import { copyFields, diffDocs, isFieldEqual } from './fields.ts'
import { mergeDocs } from './merge.ts'
import { withoutError, type Decision, type ItemRecord } from './record.ts'
import { resolveConflict } from './conflict.ts'

/** What a decision needs to know besides the two sides. */
export interface Rules {
  policy: ConflictPolicy
  /** Milliseconds since 1970. */
  now: number
  newId: () => string
}

/** The part of a conflict that stands for "one side deleted the item". */
export const DELETED = 'deleted'

/** The columns that follow a post. */
export const externalColumns = (post: PostDocument) => ({
  type: post.type,
  externalId: post.id,
  etag: post.body === null ? null : post.etag,
  externalModified: post.modified,
  externalUrl: post.url,
})

/** Both sides as the site has it: an item that is new here, or comes back after it was deleted. */
function adopt(before: ItemRecord | null, post: PostDocument, external: ItemDoc, rules: Rules): ItemRecord {
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
    updatedAt: rules.now,
    base: external,
    local: external,
    external,
    theirs: null,
    ...externalColumns(post),
  }
}

/** A post that could never be read: all that is known of it is where it is. */
const isPlaceholder = ({ base, externalId }: ItemRecord) => base === null && externalId !== null

const decided = (record: ItemRecord): Decision => ({ record, resolvedFrom: null })

/** A deletion here meets a change there: a conflict, unless nothing but the etag has moved. */
function importIntoDeleted(before: ItemRecord, post: PostDocument, external: ItemDoc, rules: Rules): Decision {
  const seen = { ...before, ...externalColumns(post), external }
  if (before.external && diffDocs(before.external, external).length === 0) return decided(seen)
  return openConflict({ ...seen, theirs: null }, [DELETED], rules)
}

/** Whether a post is what was sent: the site has only filled in what was left empty, as slug and date. */
const isAsSent = (sent: ItemDoc, external: ItemDoc) =>
  diffDocs(sent, external).every((path) => isFieldEqual(sent, EMPTY_DOC, path))

/** The post of a create whose item was deleted before the answer came: the deletion has yet to reach the site. */
function importIntoUnsent(before: ItemRecord, post: PostDocument, external: ItemDoc, rules: Rules): Decision {
  const sent = before.base ?? external
  const known = isAsSent(sent, external) ? external : sent
  return importIntoDeleted({ ...before, deletion: 'local', external: known, base: external }, post, external, rules)
}

/** What an undone resolution shows as the site's side, with what has changed there since. */
function followSite({ theirs, external }: ItemRecord, next: ItemDoc): ItemDoc {
  return theirs && external ? copyFields(theirs, next, diffDocs(external, next)) : next
}

/** Marks what both sides changed, and settles it at once where the integration's policy says how. */
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
 * What becomes of an item when the site shows this post. Changes of one side win, changes of different parts merge,
 * changes of the same part are a conflict in which both are kept.
 * @returns null when nothing is new, so that nothing is written
 */
export function importPost(before: ItemRecord | null, post: PostDocument, rules: Rules): Decision | null {
  const isKnown =
    before !== null && before.deletion !== 'both' && before.etag === post.etag && before.type === post.type
  if (isKnown) return before.error && before.local === before.external ? decided(withoutError(before)) : null
  const external = toItemDoc(post, before?.external?.body)
  if (before?.deletion === 'both' && before.externalId === null) return importIntoUnsent(before, post, external, rules)
  if (!before || before.deletion === 'both' || isPlaceholder(before)) {
    return decided(adopt(before, post, external, rules))
  }
  if (before.deletion === 'local') return importIntoDeleted(before, post, external, rules)
  const base = before.base ?? external
  const theirs = followSite(before, external)
  const { doc, conflicts } = mergeDocs(base, before.local, theirs)
  const merged: ItemRecord = {
    ...withoutError(before),
    ...externalColumns(post),
    deletion: null,
    conflictFields: [],
    conflictSince: conflicts.length > 0 ? before.conflictSince : null,
    revision: diffDocs(before.local, doc).length > 0 ? before.revision + 1 : before.revision,
    updatedAt: rules.now,
    // what is not in conflict is agreed, so that the next change of it is not taken for one on both sides
    base: copyFields(external, base, conflicts),
    local: doc,
    external,
    theirs: null,
  }
  if (conflicts.length === 0) return decided(merged)
  const shown = diffDocs(theirs, external).length > 0 ? theirs : null
  return openConflict({ ...merged, updatedAt: before.updatedAt, theirs: shown }, conflicts, rules)
}

/**
 * What becomes of an item whose post is gone for good. Unsent changes are kept as a conflict, never thrown away.
 * @returns null when nothing is new
 */
export function importDeletion(before: ItemRecord, rules: Rules): Decision | null {
  if (before.deletion === 'both' || before.deletion === 'external') return null
  const gone: ItemRecord = { ...before, etag: null, externalUrl: null, theirs: null, updatedAt: rules.now }
  const isUnchanged = before.base !== null && diffDocs(before.base, before.local).length === 0
  if (before.deletion === 'local' || isUnchanged || isPlaceholder(before)) {
    const tombstone = { ...withoutError(gone), conflictFields: [], conflictSince: null, theirs: null }
    return decided({ ...tombstone, deletion: 'both', revision: before.revision + 1 })
  }
  return openConflict({ ...gone, deletion: 'external', updatedAt: before.updatedAt }, [DELETED], rules)
}
