import { MediaData } from '../../contract/content-link.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import type { PushPlan, ResolvedReferences } from '../items/push-plan.ts'
import type { ItemFault, ItemRecord } from '../items/record.ts'
import { assertHeld, type EngineContext } from './context.ts'
import { pushFault } from '../items/failure.ts'

/** An image that the site's library lacks; `hash` names its address. */
export interface Image {
  url: string
  alt: string
  hash: string
}

/** Whether an image is the one that the post has there, named by its address in the site's library. */
const isThere = ({ external }: ItemRecord, url: string) =>
  external?.featured?.id !== undefined && external.featured.url === url

type Featured = NonNullable<ItemRecord['local']['featured']>

/** The image that has to be in the site's library before the item can name it. */
export async function imageToSend(
  { replica }: EngineContext,
  record: ItemRecord,
  { paths }: PushPlan,
): Promise<Image | null> {
  const image = record.local.featured
  if (!paths.includes('featured') || image === null || image.id !== undefined) return null
  if (isThere(record, image.url)) return null
  const hash = await sha256Hex(image.url)
  return replica.media.get(hash) ? null : { url: image.url, alt: image.alt, hash }
}

/** Sends images that the library lacks. @returns why the items that need them can't be sent, by hash */
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

async function findImage({ replica }: EngineContext, { id, url }: Featured, there: Featured | null) {
  if (id !== undefined) return id
  return there?.url === url && there.id !== undefined ? there.id : replica.media.get(await sha256Hex(url))?.id
}

/**
 * The image in the site's library; undefined while the library doesn't have it. Its text goes with it where the post
 * has the image already, so that the text is what was edited: else the one that the image has there is kept, since it
 * may be other posts' as well.
 * @param there the image that the post has
 */
export async function resolveFeatured(
  ctx: EngineContext,
  image: Featured | null,
  there: Featured | null,
): Promise<ResolvedReferences['featured'] | undefined> {
  if (image === null) return null
  const id = await findImage(ctx, image, there)
  if (id === undefined) return undefined
  return there?.id === id && there.alt !== image.alt ? { id, alt: image.alt } : { id }
}
