import { describe, expect, test } from 'vitest'
import { allowsLoopback, readConfig } from '../../src/config.ts'

const read = (variables: Record<string, string>) =>
  readConfig({
    ...({} as Env),
    ENVIRONMENT: 'production',
    PUBLIC_URL: 'https://api.igny8.com',
    WEB_ORIGINS: 'https://app.igny8.com',
    EVENT_RETENTION_DAYS: '90',
    API_KEY_PEPPER: 'p'.repeat(32),
    SESSION_SECRET: 's'.repeat(32),
    ENCRYPTION_KEYS: JSON.stringify({ k1: btoa('k'.repeat(32)) }),
    ...variables,
  })

const email = { EMAIL_API_URL: 'http://127.0.0.1/send', EMAIL_API_KEY: 'key', EMAIL_FROM: 'a@example.org' }

describe('loopback addresses and plain http', () => {
  test.each(['development', 'test'])('are allowed in %s', (environment) => {
    expect(allowsLoopback(read({ ENVIRONMENT: environment }))).toBe(true)
    expect(read({ ENVIRONMENT: environment, ...email }).email).not.toBeNull()
  })

  test('are refused in production', () => {
    expect(allowsLoopback(read({}))).toBe(false)
    expect(() => read(email)).toThrow('EMAIL_API_URL: must be https')
  })

  test('are never allowed by a missing or unknown environment', () => {
    for (const environment of ['', 'staging', 'Development'])
      expect(() => read({ ENVIRONMENT: environment })).toThrow('ENVIRONMENT')
  })
})
