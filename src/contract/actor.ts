import * as z from 'zod'

/** Who acts. `name` is looked up when it is read: null for a person who was deleted. */
export const ActorRef = z.lazy(() =>
  z.object({
    kind: z.enum(['user', 'api_key', 'system', 'operator', 'anonymous']),
    id: z.string().nullable(),
    name: z.string().nullable(),
  }),
)
export type ActorRef = z.infer<typeof ActorRef>
