import * as z from 'zod'
import { HttpUrl } from './common.ts'
import { Transport, PollingVerification } from './polling.ts'
import { SigningSecret } from './integrations.ts'

/**
 * Sent by the plugin when the owner of a site that was found under another address says that it has moved. Signed as
 * webhooks are, with the secret that both sides have; the new one takes its place, so that what is left at the old address
 * can neither be told anything nor tell anything.
 */
export const MoveRequest = z.lazy(() =>
  z
    .object({
      site_url: HttpUrl.meta({ description: 'Where the site is now' }),
      signing_secret: SigningSecret,
      rest_root: HttpUrl.optional().meta({ description: 'Where the plugin believes its REST API to be; only a hint' }),
      transports: z
        .array(Transport)
        .max(2)
        .optional()
        .meta({ description: 'What the plugin can do; `direct` if absent' }),
      polling: PollingVerification.optional(),
    })
    .meta({ id: 'MoveRequest' }),
)
export type MoveRequest = z.infer<typeof MoveRequest>
