import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkOutboundUrl } from '../../src/lib/url-guard.ts'

const production = (url: string) => checkOutboundUrl(url, { allowLoopback: false })
const development = (url: string) => checkOutboundUrl(url, { allowLoopback: true })
const codeOf = (check: ReturnType<typeof production>) => (check.ok ? 'allowed' : check.code)

/** One address of each range and its edges, by name of the range. */
const PRIVATE_IPV4: Record<string, string[]> = {
  'this network': ['0.0.0.0', '0.255.255.255'],
  'private 10/8': ['10.0.0.0', '10.255.255.255'],
  transport: ['100.64.0.0', '100.127.255.255'],
  'link-local': ['169.254.0.0', '169.254.169.254', '169.254.255.255'],
  'private 172.16/12': ['172.16.0.0', '172.31.255.255'],
  'protocol assignments': ['192.0.0.0', '192.0.0.255'],
  'documentation 1': ['192.0.2.0', '192.0.2.255'],
  '6to4 relays': ['192.88.99.0', '192.88.99.255'],
  'private 192.168/16': ['192.168.0.0', '192.168.255.255'],
  benchmarks: ['198.18.0.0', '198.19.255.255'],
  'documentation 2': ['198.51.100.0', '198.51.100.255'],
  'documentation 3': ['203.0.113.0', '203.0.113.255'],
  multicast: ['224.0.0.0', '239.255.255.255'],
  reserved: ['240.0.0.0', '255.255.255.254'],
  broadcast: ['255.255.255.255'],
}
const LOOPBACK_IPV4 = ['127.0.0.0', '127.0.0.1', '127.1.2.3', '127.255.255.255']

const words = (text: string) => text.trim().split(/\s+/)

const PRIVATE_IPV6 = words(`
  :: fe80::1 febf::1 fec0::1 fc00::1 fdff::1 ff02::1 100::1 64:ff9b:1::1 5f00::1 ::ffff:10.0.0.1
  ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:a9fe:a9fe 0:0:0:0:0:ffff:127.0.0.1 ::ffff:0:127.0.0.1 ::127.0.0.1
  ::7f00:1 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::8.8.8.8 2002:7f00:1:: 2002:a9fe:a9fe::1 2001::1
  2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:1ff::1 2001:db8::1 3fff::1 3fff:fff::1
`)

function notations(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  const value = ((a * 256 + b) * 256 + c) * 256 + d
  const hex = (part: number) => `0x${part.toString(16)}`
  const octal = (part: number) => `0${part.toString(8)}`
  const fullWidth = address.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
  return [
    address,
    `${address}.`,
    String(value),
    hex(value),
    octal(value),
    [a, b, c, d].map(hex).join('.'),
    [a, b, c, d].map(octal).join('.'),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `${hex(a)}.${octal(b)}.${c * 256 + d}`,
    `00000${octal(a)}.${b}.${c}.${d}`,
    address.replaceAll('.', '%2e'),
    address.replace(/\d/g, (digit) => `%3${digit}`),
    fullWidth,
    address.replaceAll('.', '。'),
    address.replaceAll('.', '．'),
    address.replaceAll('.', '｡'),
    address.replace(/\d/, (digit) => `${digit}\u00ad`),
  ]
}

const allPrivate = Object.values(PRIVATE_IPV4).flat()

describe('T37 IPv4', () => {
  test.each(Object.entries(PRIVATE_IPV4))(
    'T37 the %s range is refused in every notation, in development too',
    (_, addresses) => {
      for (const notation of addresses.flatMap(notations)) {
        expect(codeOf(production(`https://${notation}/`)), notation).toBe('private_address')
        for (const url of [`https://${notation}/`, `http://${notation}/`, `http://${notation}:8080/`]) {
          expect(codeOf(development(url)), url).toBe('private_address')
        }
      }
    },
  )

  test('T37 loopback is refused in every notation, and in development allowed', () => {
    for (const notation of LOOPBACK_IPV4.flatMap(notations)) {
      expect(codeOf(production(`https://${notation}/`)), notation).toBe('private_address')
      expect(codeOf(development(`http://${notation}:8881/`)), notation).toBe('allowed')
    }
  })

  test('T37 a public IP address is refused with its own reason', () => {
    for (const address of [
      '8.8.8.8',
      '1.1.1.1',
      '11.0.0.0',
      '100.128.0.0',
      '172.32.0.0',
      '192.169.0.0',
      '223.255.255.255',
    ]) {
      for (const notation of notations(address)) {
        expect(codeOf(production(`https://${notation}/`)), notation).toBe('invalid_site_url')
        expect(codeOf(development(`https://${notation}/`)), notation).toBe('invalid_site_url')
      }
    }
  })
})

describe('T37 IPv6', () => {
  test.each(PRIVATE_IPV6)('T37 [%s] is refused, in development too', (address) => {
    expect(codeOf(production(`https://[${address}]/`))).toBe('private_address')
    expect(codeOf(development(`http://[${address}]:8080/`))).toBe('private_address')
  })

  test.each(['::1', '0:0:0:0:0:0:0:1', '0000:0000:0000:0000:0000:0000:0000:0001', '::0.0.0.1'])(
    'T37 [%s] is loopback: refused, and in development allowed',
    (address) => {
      expect(codeOf(production(`https://[${address}]/`))).toBe('private_address')
      expect(codeOf(development(`http://[${address}]:8080/`))).toBe('allowed')
    },
  )

  test.each(['2606:4700:4700::1111', '2a00:1450:4001::1', '2001:4860:4860::8888', '2001:200::1', '2003::1', '3ffe::1'])(
    'T37 the public address [%s] is refused as what it is',
    (address) => {
      expect(codeOf(production(`https://[${address}]/`))).toBe('invalid_site_url')
    },
  )

  test.each(['[::1%25lo]', '[fe80::1%eth0]', '[::g]', '[]', '[127.0.0.1]', '::1'])('T37 %s is no host', (host) => {
    expect(codeOf(development(`https://${host}/`))).toBe('invalid_site_url')
  })
})

describe('T37 names', () => {
  test.each(
    words(`
      localhost LOCALHOST ｌｏｃａｌｈｏｓｔ loc%61lhost foo.localhost printer.local metadata.google.internal router.lan
      nas.home nas.home.arpa 1.0.0.127.in-addr.arpa wiki.corp wiki.intranet db.private localhost.localdomain
      site.test site.invalid abc.onion x.alt wordpress intranet
    `),
  )('T37 %s exists only inside a network', (host) => {
    expect(codeOf(production(`https://${host}/`))).toBe('private_address')
  })

  test('T37 development permits localhost itself and no other name', () => {
    expect(codeOf(development('http://localhost:8881/blog'))).toBe('allowed')
    for (const host of ['foo.localhost', 'printer.local', 'wordpress', 'host.internal']) {
      expect(codeOf(development(`http://${host}:8881/`)), host).toBe('private_address')
    }
    expect(codeOf(development('http://localhost.:8881/'))).not.toBe('allowed')
  })

  test.each([
    'example.com.',
    'example..com',
    '.example.com',
    'exa mple.com',
    'exam!ple.com',
    "exam'ple.com",
    'exam$ple.com',
    'ex~ample.com',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(127)}com`,
    'example.com%00.evil.com',
    'example.com%2f.evil.com',
    'example.com\\.evil.com',
    '256.256.256.256',
    '1.2.3.4.5',
    'example.0x7f',
    '%',
    '*.example.com',
  ])('T37 %s is not a well-formed name', (host) => {
    expect(codeOf(production(`https://${host}/`))).toBe('invalid_site_url')
  })

  test.each([
    ['https://example.com', 'https://example.com/'],
    ['HTTPS://WWW.Example.COM:443/blog/?a=b#c', 'https://www.example.com/blog/?a=b#c'],
    ['https://bücher.example.de/', 'https://xn--bcher-kva.example.de/'],
    ['https://my_site.example.co.uk', 'https://my_site.example.co.uk/'],
    ['https://10.example.com', 'https://10.example.com/'],
    ['https://local.example.com/', 'https://local.example.com/'],
    ['https://some.host', 'https://some.host/'],
    ['https://ex\u00adample.com', 'https://example.com/'],
    ['https://example.com\u2044evil.com/', 'https://example.xn--comevil-3d7c.com/'],
    ['https://ｅｘａｍｐｌｅ．com/', 'https://example.com/'],
  ])('%s is allowed and becomes %s', (raw, href) => {
    expect(production(raw)).toMatchObject({ ok: true, url: { href } })
  })
})

describe('T37 other parts of a URL', () => {
  test.each([
    'https://user@example.com/',
    'https://user:pass@example.com/',
    'https://@example.com/',
    'https://:@example.com/',
    'https://example.com@127.0.0.1/',
    'https://127.0.0.1@example.com/',
  ])('T37 %s has a user name', (url) => {
    expect(codeOf(production(url))).toBe('invalid_site_url')
    expect(codeOf(development(url))).toBe('invalid_site_url')
  })

  test.each([80, 22, 25, 8080, 8443, 0, 65_535])('T37 port %i is refused', (port) => {
    expect(codeOf(production(`https://example.com:${port}/`))).toBe('invalid_site_url')
    expect(codeOf(development(`https://example.com:${port}/`))).toBe('invalid_site_url')
  })

  test('T37 http is refused with its own reason, in development too', () => {
    expect(codeOf(production('http://example.com/'))).toBe('https_required')
    expect(codeOf(development('http://example.com/'))).toBe('https_required')
    expect(codeOf(production('http://10.0.0.1/'))).toBe('private_address')
  })

  test.each([
    '',
    'example.com',
    '//example.com',
    '/wp-json/',
    'https:example.com',
    'https:/example.com',
    'https:///example.com',
    'https://',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'gopher://example.com/',
    'ws://example.com/',
    'blob:https://example.com/x',
    ' https://example.com',
    'https://example.com ',
    'https://exa\tmple.com',
    'https://exa\nmple.com',
    'https://example.com/\r\nHost: x',
    'https://example.com/\0',
    'https://example.com/\u0085',
    'https://example.com/\u2028',
    'https:\\\\example.com',
    'https://example.com\\@127.0.0.1',
    'https://example.com:99999/',
    `https://example.com/${'a'.repeat(2048)}`,
  ])('T37 %j is no site URL', (url) => {
    expect(codeOf(production(url))).toBe('invalid_site_url')
    expect(codeOf(development(url))).toBe('invalid_site_url')
  })
})

describe('T37 any input', () => {
  const isIp = (host: string) => host.startsWith('[') || /^[\d.]+$/.test(host)
  const isLoopback = (host: string) => host === '[::1]' || host.startsWith('127.') || host === 'localhost'
  const part = fc.oneof(
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6().map((ip) => `[${ip}]`),
    fc.constantFrom(...allPrivate.flatMap(notations)),
    fc.constantFrom(
      'localhost',
      'example.com',
      '127.1',
      '@',
      ':',
      '//',
      '\\',
      '.',
      '%2e',
      '。',
      '#',
      '?',
      '0x7f',
      '[::1]',
    ),
    fc.domain(),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  const anything = fc.oneof(
    fc.webUrl(),
    fc
      .tuple(fc.constantFrom('https://', 'http://', 'https:', ''), fc.array(part, { maxLength: 4 }))
      .map(([scheme, parts]) => scheme + parts.join('')),
    fc.string(),
  )

  test('T37 nothing but https to a dotted name on its default port is ever allowed', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const check = production(text)
        if (!check.ok) return
        const { protocol, port, username, password, hostname } = check.url
        expect({ protocol, port, username, password }).toEqual({
          protocol: 'https:',
          port: '',
          username: '',
          password: '',
        })
        expect(isIp(hostname) || !hostname.includes('.')).toBe(false)
      }),
      { numRuns: 5000 },
    )
  })

  test('T37 in development no IP address but loopback is ever allowed', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const check = development(text)
        if (check.ok && isIp(check.url.hostname)) expect(isLoopback(check.url.hostname)).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  test('T37 an allowed URL is allowed again in its normalised form', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const check = production(text)
        if (check.ok && check.url.href.length <= 2048) expect(production(check.url.href).ok).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
