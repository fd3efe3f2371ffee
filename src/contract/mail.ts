import * as z from 'zod'

/** The token of a mail's link to unsubscribe. */
export const UnsubscribeQuery = z.lazy(() => z.object({ token: z.string().min(1).max(1000) }))

export const MailSubscription = z.lazy(() =>
  z
    .object({
      list: z.enum(['notices', 'invitations']),
      subscribed: z.boolean().meta({ description: 'Whether such mail is still sent' }),
    })
    .meta({ id: 'MailSubscription' }),
)
export type MailSubscription = z.infer<typeof MailSubscription>
