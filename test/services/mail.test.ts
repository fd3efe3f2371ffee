import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { mailLimits, mailSuppressions } from '../../src/db/schema/index.ts'
import { emptySink, MAIL_LOCALES, readSink, sendMail, trySendMail } from '../../src/services/mail/index.ts'
import { LETTER_KINDS } from '../../src/services/mail/kinds.ts'
import { composeLetter } from '../../src/services/mail/letters.ts'
import { LETTERS_DE } from '../../src/services/mail/letters-de.ts'
import { LETTERS_EN } from '../../src/services/mail/letters-en.ts'
import { call, refusal } from '../support/identity.ts'
import { d1 } from '../support/integration.ts'
import { LINKABLE } from '../support/linkable.ts'
import { watchLog } from '../support/log.ts'
import { linkIn, mailsTo, withSink } from '../support/mail.ts'
import { EMAIL, Receiver, withEmail } from '../support/notifications.ts'
import { playInternet } from '../support/plugin.ts'

const publicUrl = 'http://api.test'
const link = `${publicUrl}/verify#token=abc`
const contextOf = (bindings: Partial<Env>) => ({
  db: d1(),
  config: readConfig({ ...env, ...bindings }),
  now: Date.now,
})
const ctx = contextOf(withSink)
const to = 'ada@example.com'

beforeAll(playInternet)
beforeEach(async () => {
  emptySink()
  await d1().delete(mailLimits)
  await d1().delete(mailSuppressions)
})

/** The names of a letter's parameters. */
const namesIn = (lines: readonly string[]) => [...lines.join(' ').matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)

describe('a letter', () => {
  test.each(LETTER_KINDS)('of kind %s exists in each language, with the same words put in', (kind) => {
    const [english, german] = [LETTERS_EN[kind], LETTERS_DE[kind]]
    expect(new Set(namesIn(german.lines))).toEqual(new Set(namesIn(english.lines)))
    expect(german.action === undefined).toBe(english.action === undefined)
    expect(german.subject).not.toBe(english.subject)
  })

  test('has a text and an HTML part in the language asked for, and its link in both', async () => {
    await sendMail({ ctx, input: { to, kind: 'verify_email', locale: 'de', params: { link } } })
    const [mail] = mailsTo(to)
    expect(mail).toMatchObject({ to, kind: 'verify_email', subject: 'IGNY8: Bestätigen Sie Ihre E-Mail-Adresse' })
    expect(linkIn(mail)).toBe(link)
    expect(mail?.html).toContain(`<a href="${link}">Adresse bestätigen</a>`)
    expect(mail?.html).toContain('<html lang="de">')
    await sendMail({ ctx, input: { to, kind: 'verify_email', params: { link } } })
    expect(mailsTo(to)[0]?.subject).toBe('IGNY8: Confirm your e-mail address')
  })

  test('leaves out the line whose words are missing', () => {
    const { text } = composeLetter({ kind: 'new_sign_in', locale: 'en', params: { when: 'today' }, publicUrl })
    expect(text).toContain('When: today')
    expect(text).not.toMatch(/Device|Place|\{/)
  })

  test.each([
    'https://evil.example/x',
    'http://api.test.evil.example/x',
    'http://api.test@evil.example/',
    'http://api.test/ https://evil.example',
    'javascript:alert(1)',
    'http://api.test/"><a href="https://evil.example">',
  ])('is not written with the link %s', (elsewhere) => {
    const compose = () =>
      composeLetter({ kind: 'reset_password', locale: 'en', params: { link: elsewhere }, publicUrl })
    expect(compose).toThrow('a link in a mail must lead to PUBLIC_URL')
  })

  test('T70 has none of a tenant’s words in its subject, and none that becomes a link', () => {
    const words = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(
        'https://evil.example/win',
        'evil.com',
        'me@evil.com',
        'Ada\r\nBcc: all@example.com',
        '</p><a href="//evil.example">Click</a>',
        'Ada\u2028evil．com',
        '{link}',
        '$& $1',
      ),
    )
    const kinds = fc.constantFrom(...LETTER_KINDS)
    fc.assert(
      fc.property(
        kinds,
        fc.constantFrom(...MAIL_LOCALES),
        fc.array(words, { minLength: 8, maxLength: 8 }),
        (...input) => {
          const [kind, locale, values] = input
          const names = [...new Set(namesIn(LETTERS_EN[kind].lines))]
          const params = Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']))
          const mail = composeLetter({ kind, locale, params: { ...params, link }, publicUrl })
          const plain = composeLetter({ kind, locale, params: { link }, publicUrl })
          expect(mail.subject).toBe(plain.subject)
          const links = mail.html.match(/<a [^>]*>/g) ?? []
          expect(links).toEqual(plain.html.match(/<a [^>]*>/g) ?? [])
          expect(mail.html.match(/<(?!\/?(?:html|body|p|div|a|h2|!doctype)\b)/g)).toBeNull()
          // our own words and link taken away, nothing is left to link
          const rest = mail.text.split('\n').filter((line) => !line.includes(link))
          const theirs = rest.filter((line) => !plain.text.split('\n').includes(line))
          for (const line of theirs) expect(line.replace(/^[^:]*: /, '')).not.toMatch(LINKABLE)
          expect(rest.length).toBeLessThanOrEqual(LETTERS_EN[kind].lines.length + 3)
        },
      ),
      { numRuns: 400 },
    )
  })
})

describe('a mail', () => {
  const input = { to, kind: 'verify_email', params: { link } } as const

  test('goes to the HTTP provider with its key, and once more with the same idempotency key in an outage', async () => {
    const mail = new Receiver(EMAIL.EMAIL_API_URL)
    let calls = 0
    mail.respond = () => new Response('', { status: ++calls === 1 ? 503 : 200 })
    const outcome = await trySendMail({ ctx: contextOf(withEmail), input })
    expect(outcome.ok).toBe(true)
    expect(mail.header('authorization')).toEqual([`Bearer ${EMAIL.EMAIL_API_KEY}`, `Bearer ${EMAIL.EMAIL_API_KEY}`])
    expect(new Set(mail.header('idempotency-key')).size).toBe(1)
    expect(mail.messages[0]).toMatchObject({ from: EMAIL.EMAIL_FROM, to: [to], headers: {} })
  })

  test('that the provider refuses is not tried again, and the log names no address', async () => {
    const mail = new Receiver(EMAIL.EMAIL_API_URL)
    mail.respond = () => new Response('', { status: 422 })
    const log = watchLog()
    await sendMail({ ctx: contextOf(withEmail), input })
    expect(mail.requests).toHaveLength(1)
    expect(log.of('mail not sent')).toMatchObject([{ kind: 'verify_email', code: 'email_refused', status: 422 }])
    expect(JSON.stringify(log.lines)).not.toContain(to)
  })

  test('goes to Cloudflare’s binding, whose codes say whether to try again', async () => {
    const sent: EmailMessageBuilder[] = []
    const answers: (string | null)[] = [null, 'E_RECIPIENT_SUPPRESSED', 'E_RATE_LIMIT_EXCEEDED', null]
    const send = async (message: EmailMessageBuilder) => {
      sent.push(message)
      const code = answers[sent.length - 1]
      if (code) throw Object.assign(new Error('refused'), { code })
      return { messageId: 'x' }
    }
    const bindings = { EMAIL: { send }, EMAIL_FROM: 'IGNY8 <igny8@example.com>' } as unknown as Partial<Env>
    expect(await trySendMail({ ctx: contextOf(bindings), input })).toMatchObject({ ok: true })
    expect(sent[0]).toMatchObject({ from: { name: 'IGNY8', email: 'igny8@example.com' }, to, text: expect.any(String) })
    expect(await trySendMail({ ctx: contextOf(bindings), input })).toMatchObject({ code: 'email_suppressed' })
    // and is not asked again for a week
    expect(await trySendMail({ ctx: contextOf(bindings), input })).toMatchObject({ code: 'email_suppressed' })
    expect(sent).toHaveLength(2)
    await d1().update(mailSuppressions).set({ expiresAt: new Date() })
    expect(await trySendMail({ ctx: contextOf(bindings), input })).toMatchObject({ ok: true })
    expect(sent).toHaveLength(4)
  })

  test('is taken by the runtime’s own binding', async () => {
    const bindings = { EMAIL: env.LOCAL_EMAIL, EMAIL_FROM: 'IGNY8 <igny8@example.com>' } as unknown as Partial<Env>
    expect(await trySendMail({ ctx: contextOf(bindings), input })).toEqual({ ok: true, status: 202 })
  })

  test.each([
    'ada@example.com, eve@example.com',
    'Ada <ada@example.com>',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com\u2028',
    'ada',
    '',
  ])('to %j is refused before anybody sees it', async (address) => {
    expect(await trySendMail({ ctx, input: { ...input, to: address } })).toMatchObject({ code: 'email_refused' })
    expect(readSink()).toEqual([])
  })

  test('is an answer, not an error, where e-mail is not configured', async () => {
    expect(await trySendMail({ ctx: contextOf({}), input })).toMatchObject({ code: 'email_not_configured' })
  })
})

describe('the sink', () => {
  test('keeps the last hundred mails', async () => {
    for (let n = 0; n < 103; n++)
      await sendMail({ ctx, input: { to: `p${n}@example.com`, kind: 'verify_email', params: { link } } })
    expect(readSink()).toHaveLength(100)
    expect(readSink()[0]?.to).toBe('p102@example.com')
  })

  test('is read as JSON, by address', async () => {
    await sendMail({ ctx, input: { to, kind: 'verify_email', params: { link } } })
    await sendMail({ ctx, input: { to: 'eve@example.com', kind: 'verify_email', params: { link } } })
    const { status, body } = await call(`GET /dev/mail.json?to=${to.toUpperCase()}`, { bindings: withSink })
    expect(status).toBe(200)
    expect(body.results).toMatchObject([{ to, kind: 'verify_email', text: expect.stringContaining(link) }])
  })

  test('is 404 where mails go anywhere else, and for a name that is not this machine’s', async () => {
    expect(refusal(await call('GET /dev/mail.json'))).toEqual([404, 'not_found'])
    expect(refusal(await call('GET /dev/mail', { bindings: withEmail }))).toEqual([404, 'not_found'])
    const development = { ...withSink, ENVIRONMENT: 'development', PUBLIC_URL: 'http://127.0.0.1:8787' }
    const elsewhere = await call('GET /dev/mail.json', { bindings: development as unknown as Partial<Env> })
    expect(refusal(elsewhere)).toEqual([404, 'not_found'])
  })
})
