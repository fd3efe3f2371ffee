import { MediaData } from '../../contract/content-link.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import type { PushPlan, ResolvedReferences } from '../items/push-plan.ts'
import type { ItemFault, ItemRecord } from '../items/record.ts'
import { assertHeld, type EngineContext } from './context.ts'
import { pushFault } from '../items/failure.ts'

/** An image that the site's media library lacks. `hash` is the SHA-256 of its URL. */
export interface Image {
  url: string
  alt: string
  hash: string
}

/** Whether the post already has this image. */
const hasImage = ({ external }: ItemRecord, url: string) =>
  external?.featured?.id !== undefined && external.featured.url === url

type Featured = NonNullable<ItemRecord['local']['featured']>

/** The image that must be sent to the site's media library before the item. */
export async function imageToSend(
  { replica }: EngineContext,
  record: ItemRecord,
  { paths }: PushPlan,
): Promise<Image | null> {
  const image = record.local.featured
  if (!paths.includes('featured') || image === null || image.id !== undefined) return null
  if (hasImage(record, image.url)) return null
  const hash = await sha256Hex(image.url)
  return replica.media.get(hash) ? null : { url: image.url, alt: image.alt, hash }
}

/** Sends images to the site's media library. @returns the failures, by hash */
export async function sendImages(
  ctx: EngineContext,
  wanted: readonly (Image | null)[],
): Promise<Map<string, ItemFault>> {
  const images = [...new Map(wanted.flatMap((image) => (image ? [[image.hash, image] as const] : []))).values()]
  if (images.length === 0) return new Map()
  ctx.enter('images', null)
  const results = await ctx.send(
    images.map(({ url, alt, hash }) => ({ name: 'media', args: { url, alt, hash }, id: `media.${hash}` })),
  )
  assertHeld(ctx)
  const faults = new Map<string, ItemFault>()
  ctx.replica.database.transaction(() => {
    for (const [index, { hash }] of images.entries()) {
      const result = results[index]
      const parsed = result?.ok ? MediaData.safeParse(result.data) : null
      if (parsed?.success) ctx.replica.media.save(hash, parsed.data.id, parsed.data.url)
      else if (result && !result.ok && result.code !== 'not_reached')
        faults.set(hash, pushFault(result.code, result.detail))
    }
  })
  return faults
}

async function findImage({ replica }: EngineContext, { id, url }: Featured, current: Featured | null) {
  if (id !== undefined) return id
  return current?.url === url && current.id !== undefined ? current.id : replica.media.get(await sha256Hex(url))?.id
}

/**
 * The image as the site's media library knows it; undefined while the library lacks it. The alternative text is sent
 * only if the post already shows the image, because then the text is what the editor changed. Otherwise the library's
 * text stays: other posts may show the image too.
 * @param current the image that the post has on the site
 */
export async function resolveFeatured(
  ctx: EngineContext,
  image: Featured | null,
  current: Featured | null,
): Promise<ResolvedReferences['featured'] | undefined> {
  if (image === null) return null
  const id = await findImage(ctx, image, current)
  if (id === undefined) return undefined
  return current?.id === id && current.alt !== image.alt ? { id, alt: image.alt } : { id }
}
