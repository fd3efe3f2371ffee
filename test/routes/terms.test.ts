import { expect, test } from 'vitest'
import { connectWordPress, playWordPress, syncSite, type ContentSite } from '../support/content.ts'
import { signUpPerson } from '../support/identity.ts'
import { call } from '../support/openapi.ts'

playWordPress()

async function connect(names: string[]): Promise<ContentSite> {
  const site = await connectWordPress()
  for (const name of names) site.model.addTerm('category', name)
  await syncSite(site)
  return site
}

const terms = (site: ContentSite, query: string, token = site.owner.token) =>
  call(`GET /api/v1/sites/${site.siteId}/terms/?${query}`, { token })

const namesOf = ({ body }: Awaited<ReturnType<typeof terms>>): string[] =>
  body.results.map(({ name }: { name: string }) => name)

test('terms are found by a part of their name, those that begin with it first', async () => {
  const site = await connect(['Late news', 'News', 'Über uns', '100% wool', 'Shop'])
  const found = await terms(site, 'taxonomy=category&search=ne')
  expect(found.status).toBe(200)
  expect(namesOf(found)).toEqual(['News', 'Late news'])
  expect(found.body.results[0]).toMatchObject({ slug: 'news', parent: null, value: 'News' })
  expect(found.body.next).toBeNull()
  expect(namesOf(await terms(site, 'taxonomy=category&search=%C3%BCber'))).toEqual(['Über uns'])
  // what SQL takes for a wildcard is a character here
  expect(namesOf(await terms(site, `taxonomy=category&search=${encodeURIComponent('%')}`))).toEqual(['100% wool'])
})

test('without a text they are listed by name, at most so many, and of the taxonomy alone', async () => {
  const site = await connect(['B', 'A', 'C'])
  expect(namesOf(await terms(site, 'taxonomy=category&limit=2'))).toEqual(['A', 'B'])
  expect(namesOf(await terms(site, 'taxonomy=post_tag'))).toEqual([])
  expect(namesOf(await terms(site, 'taxonomy=nothing'))).toEqual([])
})

test.each(['', 'taxonomy=', 'taxonomy=a%20b', 'taxonomy=category&limit=101', 'taxonomy=category&limit=x'])(
  'a query that is none is refused: %s',
  async (query) => {
    const site = await connectWordPress()
    expect((await terms(site, query)).body).toMatchObject({ status: 400, code: 'validation_error' })
  },
)

test('terms of another account’s site are not found', async () => {
  const site = await connect(['Secret'])
  const stranger = await signUpPerson()
  expect((await terms(site, 'taxonomy=category', stranger.token)).body).toMatchObject({ code: 'site_not_found' })
})

test('content types name the time zone of the site, and the types of a taxonomy', async () => {
  const site = await connectWordPress()
  const { body } = await call(`GET ${site.path}/content-types/`, { token: site.owner.token })
  expect(body.timezone).toBe('Europe/Berlin')
  expect(body.taxonomies.category.post_types).toContain('post')
})
