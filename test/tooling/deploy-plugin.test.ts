import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keysPath } from '../../scripts/deploy/plugin.ts'
import { makeKey, parseKeys, publicKeysOf, renderKeys, type SigningKey } from '../../scripts/plugin/keys.ts'
import { openManifest, parseServed } from '../../scripts/plugin/manifest.ts'
import type { Served } from '../../scripts/plugin/publish.ts'
import { PLUGIN_MANIFEST_PATH, PLUGIN_ZIP_PATH } from '../../src/contract/plugin-updates.ts'
import { RELEASE } from '../../src/contract/release.ts'
import { Stranger } from '../support/deployment.ts'

let stranger: Stranger
let served: Served
beforeEach(async () => {
  stranger = await new Stranger().arrive()
  served = new Map()
})
afterEach(() => stranger.leave())

const file = () => join(stranger.root, keysPath('production'))
const keys = () => parseKeys(readFileSync(file(), 'utf8'))
const put = (...given: SigningKey[]) => stranger.write(keysPath('production'), renderKeys(given))

/** Deploys; what was built is what the address serves afterwards. */
async function deploy(words = '') {
  const result = await stranger.deploy(words, {
    build: async (plugin) => {
      served = plugin()
      stranger.write('dist/worker/index.js', 'export default {}')
    },
  })
  if (result.error === '') stranger.account.files = new Map(served)
  return result
}
const text = () => new TextDecoder().decode(served.get(PLUGIN_MANIFEST_PATH))
function manifest(by = keys()) {
  const signed = parseServed(text())
  return signed && openManifest(signed, publicKeysOf(by))
}
const line = ({ lines }: { lines: string[] }) => lines.find((one) => one.startsWith('✓ Updates of the plugin')) ?? ''

describe('npm run deploy and the plugin', () => {
  test('makes the key at first, for its owner alone, and signs what it serves', async () => {
    const first = await deploy()
    expect(first.error).toBe('')
    const [key] = keys()
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(line(first)).toContain(`made the key ${key?.id} in deploy/production.plugin-keys.json`)
    expect(manifest()).toMatchObject({
      server: `https://igny8-bridge.${stranger.account.subdomain}.workers.dev`,
      releases: [{ version: RELEASE, share: 100 }],
    })
    expect(stranger.printed.join('\n')).not.toContain(key?.secret)
    expect(JSON.stringify(stranger.account.calls)).not.toContain(key?.secret)
  })

  test('serves the same bytes with the second run', async () => {
    await deploy()
    const [before, made] = [text(), keys()]
    const second = await deploy()
    expect([second.error, second.changes, text(), keys()]).toEqual(['', [], before, made])
  })

  test('takes share and withdrawals from the settings, under a larger serial', async () => {
    await deploy()
    const before = manifest()?.serial ?? 0
    stranger.settings({ plugin: { share: 25, withdrawn: { '0.1.9': 'Loses commas.' } } })
    await deploy()
    expect(manifest()).toMatchObject({ releases: [{ share: 25 }], withdrawn: { '0.1.9': 'Loses commas.' } })
    expect(manifest()?.serial).toBeGreaterThan(before)
  })

  test.each([
    [{ share: 101 }, 'plugin.share'],
    [{ share: '10' }, 'plugin.share'],
    [{ withdrawn: { latest: 'x' } }, 'plugin.withdrawn'],
    [{ withdrawn: { '0.1.9': '' } }, 'plugin.withdrawn'],
    [{ shares: 10 }, 'plugin'],
  ])('refuses the setting %j', async (plugin, name) => {
    stranger.settings({ plugin })
    const { error, changes } = await deploy()
    expect([error, changes]).toEqual([expect.stringContaining(name), []])
  })

  test('stops where every release is withdrawn', async () => {
    stranger.settings({ plugin: { withdrawn: { [RELEASE]: 'Broken.' } } })
    expect((await deploy()).error).toContain('every release of the plugin is withdrawn')
  })
})

describe('without the key', () => {
  test('another machine deploys, and what is served of the plugin stays byte for byte', async () => {
    await deploy()
    const before = new Map(served)
    rmSync(file())
    const second = await deploy()
    expect([second.error, line(second)]).toEqual(['', expect.stringContaining('stay as they are')])
    expect([...served].toSorted()).toEqual([...before].toSorted())
    expect(existsSync(file())).toBe(false)
  })

  test('a zip that is not what the manifest says stops it', async () => {
    await deploy()
    rmSync(file())
    stranger.account.files.set(`/plugin/${RELEASE}/igny8-wordpress-bridge.zip`, new Uint8Array([1]))
    expect((await deploy()).error).toContain('is not what the manifest says')
    stranger.account.files.delete(`/plugin/${RELEASE}/igny8-wordpress-bridge.zip`)
    expect((await deploy()).error).toContain('is not what the manifest says')
  })

  test('CI makes none, since it would be lost, and offers no updates', async () => {
    stranger.env['CI'] = 'true'
    const first = await deploy()
    expect([first.error, line(first)]).toEqual(['', expect.stringContaining('Set PLUGIN_SIGNING_KEYS')])
    expect([served.has(PLUGIN_MANIFEST_PATH), served.has(PLUGIN_ZIP_PATH), existsSync(file())]).toEqual([
      false,
      true,
      false,
    ])
  })

  test('a dry run makes none', async () => {
    const { lines, error } = await stranger.deploy('--dry-run')
    expect(error).toBe('')
    expect(lines.join('\n')).toContain('make a key in deploy/production.plugin-keys.json')
    expect(existsSync(file())).toBe(false)
  })
})

describe('with another key', () => {
  test('it stops, because sites would refuse what it signs', async () => {
    await deploy()
    const [first] = keys()
    put(makeKey())
    const { error } = await deploy()
    expect(error).toContain(`signed by the key ${first?.id}`)
    expect(error).not.toContain(keys()[0]?.secret)
  })

  test('beside the one before, both sign: sites of either copy believe it', async () => {
    await deploy()
    const before = keys()
    const next = makeKey()
    put(next, ...before)
    expect((await deploy()).error).toBe('')
    for (const one of [next, ...before]) expect(manifest([one])).not.toBeNull()
    put(next)
    expect((await deploy()).error).toBe('')
    expect([manifest([next]), manifest(before)]).toEqual([expect.anything(), null])
  })

  test('it goes on only if told that the one before is lost', async () => {
    await deploy()
    put(makeKey())
    expect((await deploy('--replace-plugin-key')).error).toBe('')
    expect(manifest()).not.toBeNull()
  })

  test('the environment’s keys come before the file', async () => {
    const key = makeKey()
    stranger.env['PLUGIN_SIGNING_KEYS'] = renderKeys([key])
    await deploy()
    expect([manifest([key]) !== null, existsSync(file())]).toEqual([true, false])
    stranger.env['PLUGIN_SIGNING_KEYS'] = renderKeys([key]).slice(1)
    const broken = await deploy()
    expect(broken.error).toContain('PLUGIN_SIGNING_KEYS: no JSON')
    expect(broken.error).not.toContain(key.secret)
  })

  test('the key is in nothing that another program is given', async () => {
    const key = makeKey()
    stranger.env['PLUGIN_SIGNING_KEYS'] = renderKeys([key])
    const given: string[] = []
    const command: typeof stranger.wrangler.command = (program, args, options) => {
      given.push(JSON.stringify([args, options]))
      return stranger.wrangler.command(program, args, options)
    }
    const build = async () => stranger.write('dist/worker/index.js', 'export default {}')
    expect((await stranger.deploy('', { command, build })).error).toBe('')
    expect(given.length).toBeGreaterThan(2)
    expect(given.join('\n')).not.toContain(key.secret)
  })

  test('a file that was cut off stops it', async () => {
    writeFileSync(file(), '{"keys":[]}')
    expect((await deploy()).error).toMatch(/production\.plugin-keys\.json: keys/)
  })
})
