import * as z from 'zod'
import { DigestEvent, WebhookEvent } from './content-link.ts'

const eventNames = () => WebhookEvent.unwrap().shape.event

/** What the route `status` takes: a post was made, edited, trashed, or is gone; or everything is to be looked at. */
export const StatusEvent = z.lazy(() =>
  z
    .discriminatedUnion('event', [
      WebhookEvent.unwrap().extend({ event: eventNames().extract(['post.status', 'post.deleted']) }),
      DigestEvent.unwrap(),
    ])
    .meta({ id: 'StatusEvent' }),
)

/** What the route `metadata` takes: terms or meta of a post have changed. */
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
      duplicate: z.boolean().meta({ description: 'It was accepted before, and this time has had no effect' }),
    })
    .meta({ id: 'WebhookAccepted' }),
)
export type WebhookAccepted = z.infer<typeof WebhookAccepted>
