import { MediaArguments, readArguments } from '../arguments.ts'
import type { Site } from '../site.ts'
import { insertPost } from '../writing.ts'
import { CommandFailure } from '../types.ts'

const HASH_KEY = '_igny8_media_hash'
const REFUSALS = {
  page: { code: 'media_not_image', detail: 'What is at this address is not an image.' },
  large: { code: 'media_too_large', detail: 'The image is larger than this site takes.' },
}

/** `media`: an image into the library, once per hash. */
export function runMedia(site: Site, args: unknown): string {
  const { url, hash, filename, alt } = readArguments(MediaArguments, args)
  for (const post of site.posts.byId('attachment')) {
    if (post.meta[HASH_KEY] === hash) return JSON.stringify({ id: post.id, url: post.fileUrl, reused: true })
  }
  const kind = site.internet.get(url)
  if (kind === undefined) throw new CommandFailure('media_not_found', `There is nothing at ${url}.`)
  if (kind !== 'image') throw new CommandFailure(REFUSALS[kind].code, REFUSALS[kind].detail)
  const title = filename.replace(/\.[a-z0-9]+$/i, '') || 'image'
  const meta = { [HASH_KEY]: hash, ...(alt !== '' && { _wp_attachment_image_alt: alt }) }
  const post = insertPost(site, { type: 'attachment', title, meta })
  site.posts.change(post, { fileUrl: `${site.url}/wp-content/uploads/${post.slug}.jpg` })
  return JSON.stringify({ id: post.id, url: post.fileUrl, reused: false })
}
