import { MIN_PLUGIN_VERSION } from '../contract/link.ts'

const parse = (version: string) =>
  /^(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?/
    .exec(version)
    ?.slice(1)
    .map((part) => Number(part ?? 0))

/**
 * Whether a plugin is older than the oldest version that this API supports. An unreadable version counts as supported.
 */
export function isTooOld(version: string): boolean {
  const [stated, oldest] = [parse(version), parse(MIN_PLUGIN_VERSION)]
  if (!stated || !oldest) return false
  const at = oldest.findIndex((part, index) => part !== stated[index])
  return at >= 0 && (stated[at] ?? 0) < (oldest[at] ?? 0)
}
