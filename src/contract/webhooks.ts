import * as z from 'zod'
import { DigestEvent, WebhookEvent } from './content-link.ts'

const eventNames = () => WebhookEvent.unwrap().shape.event

/** Body of the `status` webhook: a post was created, edited, trashed or deleted, or the plugin lost changes. */
export const StatusEvent = z.lazy(() =>
  z
    .discriminatedUnion('event', [
      WebhookEvent.unwrap().extend({ event: eventNames().extract(['post.status', 'post.deleted']) }),
      DigestEvent.unwrap(),
    ])
    .meta({ id: 'StatusEvent' }),
)

/** Body of the `metadata` webhook: terms or meta of a post have changed. */
export const MetadataEvent = z.lazy(() =>
  WebhookEvent.unwrap()
    .extend({ event: eventNames().extract(['post.metadata']) })
    .meta({
      id: 'MetadataEvent',
    }),
)

export const WebhookAccepted = z.lazy(() =>
  z
    .object({
      accepted: z.literal(true),
      duplicate: z.boolean().meta({ description: 'Whether it was accepted before; the repeat has no effect' }),
    })
    .meta({ id: 'WebhookAccepted' }),
)
export type WebhookAccepted = z.infer<typeof WebhookAccepted>
