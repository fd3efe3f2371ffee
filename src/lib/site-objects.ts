/**
 * The only way to a site's Durable Object. An object's id holds its jurisdiction: the same name has another object in each
 * one. So the jurisdiction is chosen before the first site and never again, and everybody asks for objects here.
 */
import * as z from 'zod'

/** Where the platform may run and store an object; `''` is anywhere. */
export const Jurisdiction = z.enum(['', 'eu', 'us', 'fedramp']).default('')
export type Jurisdiction = z.infer<typeof Jurisdiction>

/**
 * The object of this name, in the jurisdiction of the deployment.
 * @throws ZodError if `JURISDICTION` is no jurisdiction: a wrong guess would make an empty object elsewhere
 */
export function siteObject(env: Pick<Env, 'SITE_SYNC' | 'JURISDICTION'>, name: string) {
  const jurisdiction = Jurisdiction.parse(env.JURISDICTION)
  const objects = jurisdiction === '' ? env.SITE_SYNC : env.SITE_SYNC.jurisdiction(jurisdiction)
  return objects.getByName(name)
}
