import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'

test('security.txt says where to report, and when to ask again (RFC 9116)', async () => {
  const response = await createApp().fetch(new Request('http://api.test/.well-known/security.txt'), env)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
  const fields = new Map(
    (await response.text())
      .trim()
      .split('\n')
      .map((line) => line.split(': ') as [string, string]),
  )
  expect([fields.get('Contact'), fields.get('Canonical')]).toEqual([
    'mailto:security@igny8.com',
    'http://api.test/.well-known/security.txt',
  ])
  const days = (Date.parse(fields.get('Expires') ?? '') - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(30)
  expect(days).toBeLessThan(366)
})
