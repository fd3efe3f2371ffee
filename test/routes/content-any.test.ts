import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { anyBody } from '../support/any-content.ts'
import { connectWordPress, content, playWordPress, syncSite } from '../support/content.ts'
import { signUpPerson, type Person } from '../support/identity.ts'

/** Bodies in one property run: a run of the site costs more than they do. */
const BODIES = 12

let owner: Person

beforeAll(async () => {
  playWordPress()
  owner = await signUpPerson()
})

test('T52 T53 any content is refused with its path, or stored, sent or failed alone, and always readable', async () => {
  const site = await connectWordPress({ owner })
  await fc.assert(
    fc.asyncProperty(fc.array(anyBody, { minLength: BODIES, maxLength: BODIES }), async (bodies) => {
      const made: string[] = []
      for (const body of bodies) {
        const answer = await content(site, 'POST /', { title: 'T', ...body })
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
        if (answer.status === 201) made.push(answer.body.id)
        else if (answer.body.code === 'validation_error') expect(answer.body.errors[0].path).toMatch(/^body\./)
      }
      await syncSite(site)
      const list = await content(site, 'GET ?limit=200')
      expect(list.status).toBe(200)
      for (const id of made) {
        const { status, body } = await content(site, `GET /${id}`)
        expect(status).toBe(200)
        expect(body.error?.code).not.toBe('internal_error')
      }
    }),
    { numRuns: 8 },
  )
})
