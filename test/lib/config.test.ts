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

describe('where mails go', () => {
  const EMAIL = { send: () => Promise.reject(new Error('not called')) } as unknown as string
  const local = { ENVIRONMENT: 'development', PUBLIC_URL: 'http://127.0.0.1:8787' }

  test('is one of three, or nowhere', () => {
    expect(read({}).email).toBeNull()
    expect(read({ ...email, EMAIL_API_URL: 'https://mail.example/send' }).email?.kind).toBe('http')
    expect(read({ EMAIL, EMAIL_FROM: 'IGNY8 <a@example.org>' }).email?.kind).toBe('binding')
    expect(read({ ...local, MAIL_SINK: 'on' }).email?.kind).toBe('sink')
  })

  test.each([
    ['a binding without a sender', { EMAIL }],
    ['a sender without a way to send', { EMAIL_FROM: 'a@example.org' }],
    ['two ways to send', { EMAIL, ...email, EMAIL_API_URL: 'https://mail.example/send' }],
    ['a sink beside a provider', { ...local, MAIL_SINK: 'on', ...email }],
  ])('is never a guess: %s', (_name, variables) => {
    expect(() => read(variables)).toThrow('EMAIL_API_URL')
  })

  test.each([
    ['production', {}],
    ['production on the loopback interface', { PUBLIC_URL: 'http://127.0.0.1:8787' }],
    ['a development server that others reach', { ENVIRONMENT: 'development', PUBLIC_URL: 'http://192.168.0.7:8787' }],
    ['a name that only looks like it', { ENVIRONMENT: 'development', PUBLIC_URL: 'http://127.0.0.1.example.com' }],
  ])('is no sink in %s', (_name, variables) => {
    expect(() => read({ ...variables, MAIL_SINK: 'on' })).toThrow('MAIL_SINK')
  })
})
