import * as z from 'zod'
import { HttpUrl } from './common.ts'
import { Transport, PollingVerification } from './polling.ts'
import { SigningSecret } from './integrations.ts'

/**
 * Body of the request that the plugin sends when the owner says that the site has moved to another address. The plugin signs
 * it like a webhook, with the current secret. The new secret then replaces it, so that a copy at the old address can neither
 * send nor receive messages.
 */
export const MoveRequest = z.lazy(() =>
  z
    .object({
      site_url: HttpUrl.meta({ description: 'New address of the site' }),
      signing_secret: SigningSecret,
      rest_root: HttpUrl.optional().meta({ description: 'Address of the REST API according to the plugin; a hint' }),
      transports: z
        .array(Transport)
        .max(2)
        .optional()
        .meta({ description: 'Transports that the plugin supports; only `direct` if absent' }),
      polling: PollingVerification.optional(),
    })
    .meta({ id: 'MoveRequest' }),
)
export type MoveRequest = z.infer<typeof MoveRequest>
