import type { Structure } from '../../contract/structure.ts'
import type { TypeLimits } from '../replica/tables/types.ts'
import type { RpcCall } from '../rpc.ts'
import type { ObjectContext } from './context.ts'

const limitsOf = ({ post_types: types }: Structure): TypeLimits[] =>
  Object.entries(types).map(([slug, { denied = false, has_trash: hasTrash = true }]) => ({
    slug,
    isDenied: denied,
    isTrashless: !hasTrash,
  }))

/**
 * Stores what the site's owner denies. A type that is allowed again is synced at once: what changed meanwhile was not
 * reported, and items may wait to be sent.
 * @returns whether a run was queued
 */
export function applyTypeLimits(
  { store, newId, now }: Pick<ObjectContext, 'store' | 'newId' | 'now'>,
  call: RpcCall,
  structure: Structure,
): boolean {
  const allowed = store.replica.types.setLimits(limitsOf(structure))
  if (allowed.length === 0) return false
  const direction = structure.two_way_sync_enabled ? 'both' : 'from_external'
  store.runs.enqueue(newId('run'), call, direction, now())
  return true
}
