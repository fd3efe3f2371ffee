const VERSION = /^(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})$/

export const isVersion = (text: string): boolean => VERSION.test(text)

/** Orders versions `X.Y.Z`: below 0 if the first is the smaller one. */
export function compareVersions(one: string, other: string): number {
  const parts = (text: string) => text.split('.').map(Number)
  const [left, right] = [parts(one), parts(other)]
  for (const [index, part] of left.entries()) {
    const difference = part - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
