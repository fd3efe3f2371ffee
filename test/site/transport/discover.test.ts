import { describe, expect, test } from 'vitest'
import { html, json, restError, send, wordpress, type Reply } from '../../support/odd-hosts.ts'
import { discoverAt, failureOf, fakeInternet, withHost } from './support.ts'

const page = (body: string) => `<!doctype html><html><head><title>x</title></head><body>${body}</body></html>`
const failureAt = (reply: Reply, path = '') => failureOf(withHost(reply, (host) => discoverAt(host.url + path)))
const pathOf = (url: string) => url.replace(/^http:\/\/127\.0\.0\.1:\d+/, '')

describe('a WordPress with the plugin is found', () => {
  test.each<[string, Parameters<typeof wordpress>[0], string, string]>([
    ['by its Link header', { restRootIn: 'header' }, '', '/wp-json/igny8/v1/commands'],
    ['by the link in its HTML', { restRootIn: 'html' }, '', '/wp-json/igny8/v1/commands'],
    ['by /wp-json/ when it says nothing', { restRootIn: 'nowhere' }, '', '/wp-json/igny8/v1/commands'],
    ['in a folder', { path: '/blog', restRootIn: 'nowhere' }, '/blog', '/blog/wp-json/igny8/v1/commands'],
    [
      'in a folder entered with a slash',
      { path: '/blog', restRootIn: 'nowhere' },
      '/blog/',
      '/blog/wp-json/igny8/v1/commands',
    ],
    [
      'with plain permalinks by its Link header',
      { permalinks: 'plain' },
      '',
      '/?rest_route=/igny8/v1/commands&lang=en',
    ],
    [
      'with plain permalinks by its HTML',
      { permalinks: 'plain', restRootIn: 'html' },
      '',
      '/?rest_route=/igny8/v1/commands&lang=en',
    ],
    [
      'with plain permalinks that say nothing',
      { permalinks: 'plain', restRootIn: 'nowhere' },
      '',
      '/?rest_route=/igny8/v1/commands',
    ],
    [
      'with plain permalinks in a folder',
      { path: '/b', permalinks: 'plain', restRootIn: 'nowhere' },
      '/b',
      '/b/?rest_route=/igny8/v1/commands',
    ],
  ])('%s', async (_, options, path, expected) => {
    await withHost(wordpress(options), async (host) => {
      const found = await discoverAt(host.url + path)
      expect(pathOf(found.commandsUrl)).toBe(expected)
      expect(found.siteUrl).toBe(host.url + path.replace(/\/$/, ''))
      expect(found.index).toBe('open')
      expect(found.evidence[0]).toMatchObject({ step: 'front_page', status: 200 })
      expect(found.evidence.at(-1)).toMatchObject({ step: 'rest_index', status: 200, note: 'the plugin is there' })
      for (const { headers } of host.requests) {
        for (const name of ['authorization', 'cookie', 'webhook-signature']) expect(headers).not.toHaveProperty(name)
      }
    })
  })

  test('at once by a hint, without loading the front page', async () => {
    await withHost(wordpress({ restRootIn: 'nowhere' }), async (host) => {
      const found = await discoverAt(host.url, { restRootHint: `${host.url}/wp-json/` })
      expect(pathOf(found.commandsUrl)).toBe('/wp-json/igny8/v1/commands')
      expect(host.requests).toHaveLength(1)
    })
  })

  test.each(['https://elsewhere.example/wp-json/', 'http://169.254.169.254/', 'nonsense://', '/no-such-path/'])(
    'past the hint %s, which helps nobody',
    async (restRootHint) => {
      await withHost(wordpress({}), async (host) => {
        const found = await discoverAt(host.url, { restRootHint })
        expect(pathOf(found.commandsUrl)).toBe('/wp-json/igny8/v1/commands')
        expect(JSON.stringify(found.evidence)).not.toMatch(/elsewhere|169\.254/)
      })
    },
  )

  test('behind a front page that is under construction', async () => {
    const wp = wordpress({})
    const reply: Reply = (response, request) =>
      request.url === '/' ? send(response, 503, { 'retry-after': '3600' }, page('Coming soon')) : wp(response, request)
    const found = await withHost(reply, (host) => discoverAt(host.url))
    expect(pathOf(found.commandsUrl)).toBe('/wp-json/igny8/v1/commands')
  })

  test.each<[string, Reply]>([
    ['rest_not_logged_in', (r) => restError(r, 401, 'rest_not_logged_in')],
    ['a firewall', (r) => html(r, 403, page('Forbidden'))],
    ['a removed route', (r) => restError(r, 404, 'rest_no_route')],
  ])('behind an index that is closed by %s', async (_, onIndex) => {
    const found = await withHost(wordpress({ onIndex }), (host) => discoverAt(host.url))
    expect(found).toMatchObject({ index: 'closed' })
    expect(found.evidence.at(-1)).toMatchObject({ step: 'command_endpoint', status: 401, note: 'the plugin answers' })
  })

  test('behind an index that is older than the plugin', async () => {
    const onIndex: Reply = (r) =>
      send(r, 200, { 'content-type': 'application/json', age: '900' }, '{"namespaces":["wp/v2"]}')
    expect(await withHost(wordpress({ onIndex }), (host) => discoverAt(host.url))).toMatchObject({ index: 'stale' })
  })

  test('despite output of other plugins around the index', async () => {
    const onIndex: Reply = (r) =>
      html(r, 200, '<br />\n<b>Notice</b>: x\n{"home":"http://127.0.0.1","namespaces":["igny8/v1"]}<!-- 42 queries -->')
    expect(await withHost(wordpress({ onIndex }), (host) => discoverAt(host.url))).toMatchObject({ index: 'open' })
  })

  test('at the path of WordPress’s home URL, whatever language it redirects to', async () => {
    const wp = wordpress({ restRootIn: 'nowhere', home: 'http://127.0.0.1/' })
    const reply: Reply = (response, request) => {
      if (request.url === '/') return send(response, 302, { location: '/en/' })
      return request.url === '/en/' ? html(response, 200, page('Hello')) : wp(response, request)
    }
    await withHost(reply, async (host) => {
      expect(await discoverAt(host.url)).toMatchObject({
        siteUrl: host.url,
        commandsUrl: `${host.url}/wp-json/igny8/v1/commands`,
      })
    })
  })
})

describe('redirects', () => {
  const site = (origin: string) => (url: URL) => {
    if (url.pathname === '/wp-json/') return Response.json({ namespaces: ['igny8/v1'], home: 'http://example.com' })
    return new Response(page('Hi'), { headers: { link: `<${origin}/wp-json/>; rel="https://api.w.org/"` } })
  }
  const to = (location: string) => () => new Response(null, { status: 301, headers: { location } })
  const found = { siteUrl: 'https://www.example.com', commandsUrl: 'https://www.example.com/wp-json/igny8/v1/commands' }

  test('from the apex to www. are followed, and the canonical address is kept', async () => {
    const { fetch } = fakeInternet({
      'https://example.com': to('https://www.example.com/'),
      'https://www.example.com': site('https://www.example.com'),
    })
    expect(await discoverAt('https://example.com', { fetch, allowLoopback: false })).toMatchObject(found)
  })

  test('an http:// address is asked over https, and a REST root on http is taken as https', async () => {
    const { fetch, requests } = fakeInternet({ 'https://www.example.com': site('http://www.example.com') })
    expect(await discoverAt('http://www.example.com', { fetch, allowLoopback: false })).toMatchObject(found)
    expect(requests.every(({ url }) => url.startsWith('https:'))).toBe(true)
  })

  test('of the REST root itself are followed, so that commands go where POST arrives', async () => {
    const { fetch } = fakeInternet({
      'https://example.com': (url) =>
        url.pathname === '/' ? new Response(page('wp')) : to(`https://www.example.com${url.pathname}${url.search}`)(),
      'https://www.example.com': site('https://www.example.com'),
    })
    expect(await discoverAt('https://example.com', { fetch, allowLoopback: false })).toMatchObject({
      commandsUrl: found.commandsUrl,
    })
  })

  test.each([
    ['https://other.example/shop?session=secret', 'redirected_elsewhere', 'https://other.example/shop'],
    ['https://blog.example.com/', 'redirected_elsewhere', 'https://blog.example.com/'],
    ['https://example.com.evil.example/', 'redirected_elsewhere', 'https://example.com.evil.example/'],
    ['http://other.example/', 'redirected_elsewhere', 'http://other.example/'],
    ['http://example.com/', 'https_required', 'http://example.com/'],
    ['http://169.254.169.254/latest/meta-data/', 'private_address', '169.254.169.254'],
    ['http://[::ffff:127.0.0.1]/', 'private_address', '[::ffff:7f00:1]'],
    ['http://2130706433/', 'private_address', '127.0.0.1'],
    ['http://localhost:8080/', 'private_address', 'localhost'],
    ['https://router.local/', 'private_address', 'router.local'],
    ['https://user:pass@example.com/', 'invalid_site_url', 'https://example.com/'],
    ['https://example.com:8443/', 'redirected_elsewhere', 'https://example.com:8443/'],
    ['file:///etc/passwd', 'redirected_elsewhere', 'file:///etc/passwd'],
  ])('T37 to %s is not followed, but named', async (location, code, name) => {
    const { fetch, requests } = fakeInternet({ 'https://example.com': to(location) })
    const failure = await failureOf(discoverAt('https://example.com', { fetch, allowLoopback: false }))
    expect(failure.code).toBe(code)
    expect(failure.detail).toContain(name)
    expect(JSON.stringify(failure.toFailure())).not.toMatch(/secret|user:pass/)
    expect(requests.every(({ url }) => url.startsWith('https://example.com/'))).toBe(true)
  })

  test('T37 a REST root that points elsewhere is not asked', async () => {
    for (const root of ['http://169.254.169.254/', 'https://evil.example/wp-json/', 'https://localhost/wp-json/']) {
      const { fetch, requests } = fakeInternet({
        'https://example.com': () =>
          new Response(page(''), { headers: { link: `<${root}>; rel="https://api.w.org/"` } }),
      })
      await failureOf(discoverAt('https://example.com', { fetch, allowLoopback: false }))
      expect(requests.every(({ url }) => url.startsWith('https://example.com/'))).toBe(true)
    }
  })

  test('in a loop end after three', async () => {
    await withHost(
      (response) => send(response, 302, { location: '/' }),
      async (host) => {
        expect(await failureOf(discoverAt(host.url))).toMatchObject({ code: 'too_many_redirects' })
        expect(host.requests.filter(({ url }) => url === '/')).toHaveLength(4)
      },
    )
  })
})

test('a redirect to a path that begins like a host name asks no other host', async () => {
  const { fetch, requests } = fakeInternet({
    'https://example.com': (url) =>
      url.pathname === '/'
        ? new Response(null, { status: 302, headers: { location: 'https://example.com//other.example/' } })
        : new Response(page(''), { status: 404 }),
    'https://other.example': () => new Response(page('')),
  })
  await failureOf(discoverAt('https://example.com', { fetch }))
  expect(new Set(requests.map(({ url }) => new URL(url).host))).toEqual(new Set(['example.com']))
  expect(requests.length).toBeGreaterThan(2)
})

describe('a site without WordPress or the plugin', () => {
  // oxfmt-ignore
  test.each<[string, Reply, string]>([
    ['a web site of another kind', (r, q) => html(r, q.url === '/' ? 200 : 404, page('Hello')), 'not_wordpress'],
    ['a site that answers its home page to everything', (r) => html(r, 200, page('<div id="app"></div>')), 'not_wordpress'],
    ['a web server with nothing on it', (r) => html(r, 404, page('Not Found')), 'not_wordpress'],
    ['an API of another kind', (r) => json(r, 200, { hello: 'world' }), 'not_wordpress'],
    ['a WordPress without the plugin', wordpress({ namespaces: ['wp/v2'] }), 'plugin_not_found'],
    ['a WordPress without REST API', (r, q) => html(r, q.url === '/' ? 200 : 404, page('<img src="/wp-content/a.png">')), 'rest_not_found'],
    ['a WordPress that answers pages for its REST API', (r) => html(r, 200, page('<img src="/wp-content/a.png">')), 'answered_html'],
    ['a closed REST API', wordpress({ onIndex: (r) => restError(r, 401, 'rest_not_logged_in'), onCommands: (r) => restError(r, 401, 'rest_not_logged_in') }), 'rest_blocked'],
    ['a closed index and no plugin behind it', wordpress({ onIndex: (r) => restError(r, 401, 'rest_cannot_access'), namespaces: [] }), 'plugin_not_found'],
    ['Basic authentication in front of everything', (r) => send(r, 401, { 'www-authenticate': 'Basic realm="x"' }), 'basic_auth_required'],
    ['a captcha in front of everything', (r) => send(r, 202, { 'sg-captcha': 'challenge', 'content-type': 'text/html' }, page('')), 'captcha_page'],
    ['a firewall in front of everything', (r) => html(r, 403, page('Forbidden')), 'blocked_by_firewall'],
    ['a forced login', (r) => send(r, 302, { location: '/wp-login.php?redirect_to=%2F' }), 'login_wall'],
    ['a crashed WordPress', (r) => html(r, 500, page('There has been a critical error')), 'wordpress_error'],
    ['maintenance', (r) => send(r, 503, { 'retry-after': '60' }, page('Briefly unavailable for scheduled maintenance.')), 'wordpress_busy'],
    ['half an index', wordpress({ onIndex: (r) => send(r, 200, { 'content-type': 'application/json' }, '{"namespaces":["igny8') }), 'response_truncated'],
    ['a refusal with a PHP notice before it', (r) => html(r, 200, '<b>Notice</b>: x\n{"code":"x"}'), 'response_leading_garbage'],
    ['a PHP that stops', (r) => html(r, 200, '<br />\n<b>Fatal error</b>:  Allowed memory size of 41943040 bytes exhausted in'), 'wordpress_error'],
    ['a refusal by wp_die()', (r) => json(r, 500, { code: 'wp_die', message: 'You are not authorized to perform this action.', data: { status: 500 } }), 'rest_blocked'],
    ['a domain that Cloudflare cannot resolve', (r) => html(r, 530, 'error code: 1016'), 'dns_failed'],
    ['a certificate that Cloudflare does not trust', (r) => html(r, 526, 'error code: 526'), 'tls_error'],
    ['a REST API that takes longer than its proxy waits', (r, q) => html(r, q.url === '/' ? 200 : 504, page('x')), 'wordpress_timeout'],
    ['empty answers to everything', (r) => html(r, 200, ''), 'response_empty'],
  ])('%s', async (_, reply, code) => {
    const failure = await failureAt(reply)
    expect(failure.code, failure.detail).toBe(code)
    expect(failure.evidence.length).toBeGreaterThan(0)
    expect(failure.evidence.length).toBeLessThanOrEqual(8)
  })

  test.each([
    ['', 'invalid_site_url'],
    ['example.com', 'invalid_site_url'],
    ['ftp://example.com', 'invalid_site_url'],
    ['http://192.168.1.10/', 'private_address'],
    ['https://0x7f.1/', 'private_address'],
    ['https://wordpress.local/', 'private_address'],
    ['https://8.8.8.8/', 'invalid_site_url'],
    ['http://example.com:8080/', 'invalid_site_url'],
  ])('T37 the site URL %s is refused before anything leaves', async (siteUrl, code) => {
    const { fetch, requests } = fakeInternet({})
    expect(await failureOf(discoverAt(siteUrl, { fetch, allowLoopback: false }))).toMatchObject({ code, evidence: [] })
    expect(requests).toHaveLength(0)
  })

  test('a domain that does not exist is asked for once', async () => {
    const { fetch, requests } = fakeInternet({})
    expect(await failureOf(discoverAt('https://no-such.example.com', { fetch }))).toMatchObject({ code: 'dns_failed' })
    expect(requests).toHaveLength(1)
  })

  test('a host that does not answer is given up after one time-out', async () => {
    await withHost(
      () => undefined,
      async (host) => {
        const limits = { timeoutMs: 150, budgetMs: 10_000 }
        expect(await failureOf(discoverAt(host.url, { limits }))).toMatchObject({
          code: 'wordpress_timeout',
          retryable: true,
        })
        expect(host.requests).toHaveLength(1)
      },
    )
  })

  test('a host that answers slowly each time uses up one common budget', async () => {
    let nowMs = 0
    const { fetch, requests } = fakeInternet({
      'https://example.com': () => {
        nowMs += 90
        return new Response(page(''), { status: 404 })
      },
    })
    const options = { fetch, now: () => nowMs, limits: { timeoutMs: 100, budgetMs: 150 } }
    expect(await failureOf(discoverAt('https://example.com', options))).toMatchObject({ code: 'wordpress_timeout' })
    expect(requests).toHaveLength(2)
  })

  test('an endless page is read only at its beginning', async () => {
    const reply: Reply = (response, request) => {
      if (request.url === '/')
        return html(response, 200, `<link rel="https://api.w.org/" href="/wp-json/">${'x'.repeat(20_000_000)}`)
      return wordpress({})(response, request)
    }
    const found = await withHost(reply, (host) => discoverAt(host.url))
    expect(pathOf(found.commandsUrl)).toBe('/wp-json/igny8/v1/commands')
  })
})
