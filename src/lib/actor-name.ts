const KINDS = ['user', 'api_key', 'system', 'operator', 'anonymous'] as const

/** Takes apart the name of an actor in records: `user:usr_…`, `api_key:key_…`, `system`. */
export function parseActor(stored: string): { kind: (typeof KINDS)[number]; id: string | null } {
  const [name, id] = stored.split(':')
  return { kind: KINDS.find((known) => known === name) ?? 'system', id: id ?? null }
}
