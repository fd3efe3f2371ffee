import { v7 } from 'uuid'

export type IdPrefix =
  | 'acc'
  | 'usr'
  | 'site'
  | 'int'
  | 'key'
  | 'run'
  | 'evt'
  | 'aud'
  | 'inv'
  | 'req'
  | 'cmd'
  | 'msg'
  | 'item'
  | 'hook'
  | 'dlv'

/** An opaque, time-ordered id: the prefix and a UUIDv7 without dashes, for example `site_019d8f0c…`. */
export function createId(prefix: IdPrefix): string {
  return `${prefix}_${v7().replaceAll('-', '')}`
}
