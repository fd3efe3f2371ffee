import { MediaArguments, readArguments } from '../arguments.ts'
import { ALT_KEY } from '../document.ts'
import type { Site } from '../site.ts'
import { requireAllowed } from './read.ts'
import { insertPost, updatePost } from '../writing.ts'
import { CommandFailure, type ModelPost } from '../types.ts'

const HASH_KEY = '_igny8_media_hash'
const BYTES_KEY = '_igny8_media_sha256'
const REFUSALS = {
  page: { code: 'media_not_image', detail: 'What is at this address is not an image.' },
  large: { code: 'media_too_large', detail: 'The image is larger than this site takes.' },
}

const find = (site: Site, isWanted: (image: ModelPost) => boolean) =>
  site.posts.byId('attachment').find((image) => isWanted(image) && isThere(image))

const hashesOf = ({ meta }: ModelPost): unknown[] => (Array.isArray(meta[HASH_KEY]) ? meta[HASH_KEY] : [])

/** Posts in the trash are not found. */
const isThere = ({ status }: ModelPost) => status !== 'trash'

const answer = ({ id, fileUrl: url }: ModelPost, reused: boolean) => JSON.stringify({ id, url, reused })

/** An image has one alternative text, shared by all posts that feature it. */
function reuse(site: Site, image: ModelPost, hash: string, alt: string): string {
  const hashes = hashesOf(image)
  if (!hashes.includes(hash)) site.posts.change(image, { meta: { ...image.meta, [HASH_KEY]: [...hashes, hash] } })
  if (alt !== '' && (image.meta[ALT_KEY] ?? '') === '') updatePost(site, image, { meta: { [ALT_KEY]: alt } })
  return answer(image, true)
}

/** `media`: an image into the library, once per hash and once per bytes. */
export function runMedia(site: Site, args: unknown): string {
  requireAllowed(site, 'attachment')
  const { url, hash, filename, alt } = readArguments(MediaArguments, args)
  const known = find(site, (image) => hashesOf(image).includes(hash))
  if (known) return reuse(site, known, hash, alt)
  const kind = site.internet.get(url)
  if (kind === undefined) throw new CommandFailure('media_not_found', `There is nothing at ${url}.`)
  if (kind === 'page' || kind === 'large') throw new CommandFailure(REFUSALS[kind].code, REFUSALS[kind].detail)
  const bytes = kind === 'image' ? url : kind.image
  const same = find(site, ({ meta }) => meta[BYTES_KEY] === bytes)
  if (same) return reuse(site, same, hash, alt)
  const title = filename.replace(/\.[a-z0-9]+$/i, '') || 'image'
  const meta = { [HASH_KEY]: [hash], [BYTES_KEY]: bytes, ...(alt !== '' && { [ALT_KEY]: alt }) }
  const post = insertPost(site, { type: 'attachment', title, meta })
  site.posts.change(post, { fileUrl: `${site.url}/wp-content/uploads/${post.slug}.jpg` })
  return answer(post, false)
}
