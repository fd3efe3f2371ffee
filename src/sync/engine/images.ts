import { MediaData } from '../../contract/content-link.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import type { PushPlan, Resolved } from '../item/push.ts'
import type { ItemFault, ItemRecord } from '../item/record.ts'
import { assertHeld, type EngineContext } from './context.ts'
import { faultOf } from './faults.ts'

/** An image that the site's library lacks; `hash` names its address. */
export interface Image {
  url: string
  alt: string
  hash: string
}

/** The image that has to be in the site's library before the item can name it. */
export async function imageToSend(
  { replica }: EngineContext,
  { local }: ItemRecord,
  { paths }: PushPlan,
): Promise<Image | null> {
  const image = local.featured
  if (!paths.includes('featured') || image === null || image.id !== undefined) return null
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
        faults.set(hash, faultOf(result.code, result.detail))
    }
  })
  return faults
}

/** The image's id in the site's library; undefined while the library doesn't have it. */
export async function resolveFeatured(
  { replica }: EngineContext,
  { local }: ItemRecord,
): Promise<Resolved['featured'] | undefined> {
  if (local.featured === null) return null
  if (local.featured.id !== undefined) return { id: local.featured.id }
  const known = replica.media.get(await sha256Hex(local.featured.url))
  return known ? { id: known.id } : undefined
}
