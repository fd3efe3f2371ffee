import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bindToServer } from '../../scripts/plugin/bind.ts'
import { DIRECTORY_SLUG, directoryEdition } from '../../scripts/plugin/edition.ts'
import { mainFile, packZip, type PluginFiles, readSource, textOf, unpackZip } from '../../scripts/plugin/files.ts'
import { makeKey, parseKeys, publicKeysOf, readKeys, renderKeys, writeKeys } from '../../scripts/plugin/keys.ts'
import { openManifest, parseServed, signManifest } from '../../scripts/plugin/manifest.ts'
import { type Publication, publish, publishUnbound, readKept, writeServed } from '../../scripts/plugin/publish.ts'
import {
  PLUGIN_MANIFEST_PATH,
  PLUGIN_SLUG,
  PLUGIN_ZIP_PATH,
  type PluginManifest,
  PluginRollout,
} from '../../src/contract/plugin-updates.ts'
import { RELEASE } from '../../src/contract/release.ts'
import vector from '../fixtures/plugin-manifest-vectors.json' with { type: 'json' }

const URL_OF_SERVER = 'https://igny8.example.com'
const source = readSource()
const kept = readKept('9.9.9')
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

/** The plugin of this checkout under another version. */
const versioned = (version: string): PluginFiles => {
  const main = textOf(source, mainFile(PLUGIN_SLUG)).replaceAll(RELEASE, version)
  return new Map([...source, [mainFile(PLUGIN_SLUG), new TextEncoder().encode(main)]])
}

describe('a plugin that a server serves', () => {
  const bound = bindToServer(source, { url: URL_OF_SERVER, updateKeys: ['a2V5', 'b3RoZXI='] })

  test('has the server’s address and keys in it, and asks it for updates', () => {
    expect(textOf(bound, 'server.php')).toContain(`'api_url'     => '${URL_OF_SERVER}'`)
    expect(textOf(bound, 'server.php')).toContain(`'update_keys' => [ 'a2V5', 'b3RoZXI=' ]`)
    expect(textOf(bound, mainFile(PLUGIN_SLUG))).toMatch(
      /^ \* Update URI: {8}https:\/\/igny8\.example\.com\/plugin\/manifest\.json$/m,
    )
  })

  test('is the source otherwise', () => {
    expect(source.has('server.php')).toBe(false)
    const changed = [...bound].filter(([path, bytes]) => source.get(path) !== bytes).map(([path]) => path)
    expect(changed.toSorted()).toEqual([mainFile(PLUGIN_SLUG), 'server.php'])
  })

  test('can’t be made to say something else by an address', () => {
    const odd = bindToServer(source, { url: "https://x.example/'.evil().'\\", updateKeys: [] })
    expect(textOf(odd, 'server.php')).toContain(String.raw`'https://x.example/\'.evil().\'\\'`)
  })

  test('is refused where there is no place for it', () => {
    const strange = new Map([[mainFile(PLUGIN_SLUG), new TextEncoder().encode('<?php // nothing')]])
    expect(() => bindToServer(strange, { url: URL_OF_SERVER, updateKeys: [] })).toThrow(/no place/)
  })
})

describe('a zip', () => {
  test('is the same bytes for the same files, and holds them all', () => {
    const zip = packZip(source)
    expect(Buffer.from(packZip(new Map([...source].toReversed()))).equals(Buffer.from(zip))).toBe(true)
    expect([...unpackZip(zip).keys()]).toEqual([...source.keys()])
    expect([...source.keys()].filter((path) => /test|tools|\.po~|\/\./.test(path))).toEqual([])
  })

  test('without a main file is none', () => {
    expect(() => packZip(new Map())).toThrow(/no plugin/)
  })
})

describe('the edition for wordpress.org', () => {
  const edition = directoryEdition(source)
  const all = [...edition]
    .filter(([path]) => /\.(?:php|txt|pot)$/.test(path))
    .map(([, bytes]) => text(bytes))
    .join('\n')

  test('has a slug without a trademark, everywhere', () => {
    expect(DIRECTORY_SLUG).not.toMatch(/wordpress|wp|plugin/)
    expect(textOf(edition, mainFile(DIRECTORY_SLUG))).toContain(` * Text Domain:       ${DIRECTORY_SLUG}\n`)
    expect(all.includes("'igny8-wordpress-bridge' )")).toBe(false)
    expect(all).toContain(`', '${DIRECTORY_SLUG}' )`)
    expect([...edition.keys()].filter((path) => path.includes(PLUGIN_SLUG))).toEqual([])
    expect(() => packZip(edition, DIRECTORY_SLUG)).not.toThrow()
  })

  test('has nothing that updates it from elsewhere', () => {
    expect([...source.keys()].filter((path) => path.includes('/Updates/')).length).toBeGreaterThan(8)
    expect([...edition.keys()].filter((path) => path.includes('/Updates/'))).toEqual([])
    expect(all).not.toContain('Update URI')
    expect(all.match(/upgrader_(?:pre_download|source_selection)|update_plugins_/g)).toBeNull()
  })
})

describe('keys', () => {
  let folder = ''
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'igny8-keys-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('are written for their owner alone, and read again', () => {
    const keys = [makeKey(), makeKey()]
    writeKeys(join(folder, 'deploy/keys.json'), keys)
    expect(readKeys(join(folder, 'deploy/keys.json'))).toEqual(keys)
    expect(statSync(join(folder, 'deploy/keys.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'deploy'))).toEqual(['keys.json'])
    expect(readKeys(join(folder, 'none.json'))).toBeNull()
  })

  test.each(['{', '{}', '{"keys":[]}', '{"keys":[{"made":"2026-11-29","secret":"c2hvcnQ="}]}'])(
    'are refused as %s, without a word of what they hold',
    (broken) => {
      expect(() => parseKeys(broken)).toThrow()
      try {
        parseKeys(broken)
      } catch (error) {
        expect(String(error)).not.toContain('c2hvcnQ')
      }
    },
  )
})

describe('a manifest', () => {
  const key = makeKey()
  const other = makeKey()
  const manifest = JSON.parse(JSON.parse(vector.served).manifest) as PluginManifest

  test('is signed as the plugin’s tests read it', () => {
    const [fixed = key] = parseKeys(JSON.stringify({ keys: [{ made: '2026-11-29', secret: vector.secret }] }))
    expect([fixed.publicKey, fixed.id]).toEqual([vector.public_key, vector.key_id])
    expect(JSON.stringify(signManifest(manifest, [fixed]))).toBe(vector.served)
    expect(openManifest(JSON.parse(vector.served), [vector.public_key])).toEqual(manifest)
  })

  test('is opened by either of its keys, and by no other', () => {
    const served = signManifest(manifest, [key, other])
    for (const one of [key, other]) expect(openManifest(served, publicKeysOf([one]))).toEqual(manifest)
    expect(openManifest(served, publicKeysOf([makeKey()]))).toBeNull()
    expect(openManifest(signManifest(manifest, [key]), publicKeysOf([other]))).toBeNull()
  })

  test('that was changed is none', () => {
    const served = signManifest(manifest, [key])
    const changed = { ...served, manifest: served.manifest.replace('"share":25', '"share":26') }
    expect(openManifest(changed, publicKeysOf([key]))).toBeNull()
  })

  test('names no zip of another host', () => {
    const releases = manifest.releases.map((release) => ({ ...release, package: 'https://evil.example/x.zip' }))
    expect(() => signManifest({ ...manifest, releases }, [key])).toThrow()
  })

  test('is told from the app’s page', () => {
    expect(parseServed('<!doctype html>')).toBeNull()
    expect(parseServed('{"manifest":1}')).toBeNull()
    expect(parseServed(vector.served)).not.toBeNull()
  })
})

describe('what a server serves', () => {
  const key = makeKey()
  const plain: Publication = { url: URL_OF_SERVER, keys: [key], rollout: PluginRollout.parse({}) }
  const serve = (more: Partial<Publication> = {}, plugins = [versioned('0.4.0'), versioned('0.3.0')]) =>
    publish(plugins, { ...plain, ...more })
  const opened = (served: ReturnType<typeof serve>) => {
    const signed = parseServed(text(served.get(PLUGIN_MANIFEST_PATH)))
    const manifest = signed && openManifest(signed, publicKeysOf([key]))
    if (!signed || !manifest) throw new Error('not signed')
    return { signed, manifest }
  }
  const now = new Date('2026-11-29T10:00:00Z')

  test('is a signed manifest that describes the zips beside it', () => {
    const served = serve()
    const { manifest } = opened(served)
    expect(manifest).toMatchObject({ server: URL_OF_SERVER, slug: PLUGIN_SLUG, withdrawn: {} })
    expect(manifest.releases.map(({ version, share }) => [version, share])).toEqual([
      ['0.4.0', 100],
      ['0.3.0', 100],
    ])
    for (const release of manifest.releases) {
      const zip = served.get(release.package) ?? new Uint8Array()
      expect([zip.length, createHash('sha256').update(zip).digest('hex')]).toEqual([release.bytes, release.sha256])
      expect(release).toMatchObject({ requires: '6.1', requires_php: '7.4', tested: '7.1' })
    }
    expect(served.get(PLUGIN_ZIP_PATH)).toBe(served.get('/plugin/0.4.0/igny8-wordpress-bridge.zip'))
    expect(textOf(unpackZip(served.get(PLUGIN_ZIP_PATH) ?? new Uint8Array()), 'server.php')).toContain(key.publicKey)
  })

  test('has releases that were kept before, too', () => {
    expect(readKept('0.2.0')).toEqual([])
    const [manifest] = [opened(serve({}, [versioned('9.9.9'), ...kept])).manifest]
    expect(manifest.releases.at(-1)?.version).toBe('0.2.0')
    expect(manifest.releases.at(-1)?.changelog).not.toEqual([])
  })

  test('keeps its serial while nothing changes, and gets a larger one with every change', () => {
    const first = opened(serve({ now }))
    expect(first.manifest.serial).toBe(now.getTime() / 1000)
    const again = serve({ now: new Date(now.getTime() + 5_000), live: first.signed })
    expect(opened(again).signed).toEqual(first.signed)
    const share = opened(serve({ now, live: first.signed, rollout: { share: 10, withdrawn: {} } }))
    expect(share.manifest.serial).toBe(first.manifest.serial + 1)
    expect(share.manifest.releases.map((release) => release.share)).toEqual([10, 100])
    const slow = opened(serve({ now: new Date(0), live: share.signed, rollout: { share: 20, withdrawn: {} } }))
    expect(slow.manifest.serial).toBe(share.manifest.serial + 1)
  })

  test('takes no serial from a manifest of somebody else', () => {
    const { manifest } = opened(serve({ now }))
    const live = signManifest({ ...manifest, serial: 9_000_000_000 }, [makeKey()])
    expect(opened(serve({ now, live })).manifest.serial).toBe(now.getTime() / 1000)
  })

  test('gives new sites the newest release that is not withdrawn, and names those that are', () => {
    const served = serve({ rollout: { share: 100, withdrawn: { '0.4.0': 'Loses commas.' } } })
    expect(opened(served).manifest.withdrawn).toEqual({ '0.4.0': 'Loses commas.' })
    expect(served.get(PLUGIN_ZIP_PATH)).toBe(served.get('/plugin/0.3.0/igny8-wordpress-bridge.zip'))
    const all = { '0.4.0': 'One.', '0.3.0': 'Other.' }
    expect(() => serve({ rollout: { share: 100, withdrawn: all } })).toThrow(/every release/)
  })

  test('without keys is zips with its address and without a manifest', () => {
    const served = serve({ keys: [] })
    expect(served.has(PLUGIN_MANIFEST_PATH)).toBe(false)
    expect(textOf(unpackZip(served.get(PLUGIN_ZIP_PATH) ?? new Uint8Array()), 'server.php')).toContain(
      "'update_keys' => [  ]",
    )
  })

  test('takes the place of what was there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'igny8-served-'))
    mkdirSync(join(folder, 'plugin/0.1.0'), { recursive: true })
    writeFileSync(join(folder, 'plugin/0.1.0/igny8-wordpress-bridge.zip'), 'old')
    writeFileSync(join(folder, 'index.html'), 'app')
    writeServed(folder, serve())
    expect(readdirSync(join(folder, 'plugin'), { recursive: true }).toSorted()).toEqual([
      '0.3.0',
      '0.3.0/igny8-wordpress-bridge.zip',
      '0.4.0',
      '0.4.0/igny8-wordpress-bridge.zip',
      'igny8-wordpress-bridge.zip',
      'manifest.json',
    ])
    writeServed(folder, publishUnbound())
    expect(readdirSync(join(folder, 'plugin'))).toEqual(['igny8-wordpress-bridge.zip'])
    expect(existsSync(join(folder, 'index.html'))).toBe(true)
    rmSync(folder, { recursive: true })
  })
})

test('a key file holds the secret halves alone', () => {
  const key = makeKey()
  expect(JSON.parse(renderKeys([key]))).toEqual({ keys: [{ made: key.made, secret: key.secret }] })
  expect(readFileSync('.gitignore', 'utf8')).toContain('deploy/*.plugin-keys.json')
})
