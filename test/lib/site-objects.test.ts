import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { siteObject } from '../../src/lib/site-objects.ts'

/** Objects that say where they are. The runtime of the tests knows no jurisdictions: workerd throws when asked for one. */
interface Objects {
  getByName: (name: string) => { name: string; jurisdiction: string }
  jurisdiction: (chosen: string) => Objects
}
function namespace(jurisdiction = 'anywhere'): Objects {
  return {
    getByName: (name: string) => ({ name, jurisdiction }),
    jurisdiction: (chosen: string) => namespace(chosen),
  }
}

type Bindings = Parameters<typeof siteObject>[0]
const objectOf = (jurisdiction: string | undefined, name = 'sit_1'): unknown => {
  const bindings: unknown = { SITE_SYNC: namespace(), JURISDICTION: jurisdiction }
  return siteObject(bindings as Bindings, name)
}

describe('a site’s object', () => {
  test.each(['eu', 'us', 'fedramp'])('is in the jurisdiction of the deployment: %s', (jurisdiction) => {
    expect(objectOf(jurisdiction)).toEqual({ name: 'sit_1', jurisdiction })
  })

  test.each([[''], [undefined]])('is anywhere where none is chosen: %j', (jurisdiction) => {
    expect(objectOf(jurisdiction)).toEqual({ name: 'sit_1', jurisdiction: 'anywhere' })
  })

  test.each(['EU', 'de', ' eu'])('is not guessed from %j', (jurisdiction) => {
    expect(() => objectOf(jurisdiction)).toThrow()
    expect(() => readConfig({ JURISDICTION: jurisdiction } as unknown as Env)).toThrow('JURISDICTION')
  })

  test('is reached in one way alone, so nobody forgets its jurisdiction', () => {
    const users = globSync('src/**/*.ts').filter((name) => readFileSync(name, 'utf8').includes('SITE_SYNC'))
    expect(users).toEqual(['src/lib/site-objects.ts'])
  })
})
