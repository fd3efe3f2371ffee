import { MIN_PLUGIN_VERSION } from '../contract/link.ts'

const parse = (version: string) =>
  /^(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?/
    .exec(version)
    ?.slice(1)
    .map((part) => Number(part ?? 0))

/** Whether a plugin is older than what this API still works with. One that says nothing readable gets the benefit of the doubt. */
export function isTooOld(version: string): boolean {
  const [stated, least] = [parse(version), parse(MIN_PLUGIN_VERSION)]
  if (!stated || !least) return false
  const at = least.findIndex((part, index) => part !== stated[index])
  return at >= 0 && (stated[at] ?? 0) < (least[at] ?? 0)
}
