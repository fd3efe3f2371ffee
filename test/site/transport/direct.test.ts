import { describe, expect, test } from 'vitest'
import { ZodError } from 'zod'
import {
  json,
  obey,
  OTHER_SECRET,
  restError,
  SECRET,
  send,
  sign,
  signedHeaders,
  type Reply,
} from '../../support/odd-hosts.ts'
import { failureOf, NOW_S, sendTo, withHost } from './support.ts'

/** A host whose plugin answers these results, signed. */
const answers =
  (results: unknown, options: Parameters<typeof signedHeaders>[2] = {}): Reply =>
  (response, request) => {
    const body = typeof results === 'string' ? results : JSON.stringify({ protocol: 1, results })
    send(response, 200, signedHeaders(request, body, options), body)
  }
const GOOD = [{ id: 'cmd_1', ok: true, data: { a: 1 }, took_ms: 3 }]

describe('a request', () => {
  test('is the batch of docs/protocol.md, signed, and carries no credentials of its own', async () => {
    await withHost(obey, async (host) => {
      await sendTo(host)
      const [request] = host.requests
      expect(request?.method).toBe('POST')
      expect(request?.url).toBe('/wp-json/igny8/v1/commands')
      const body =
        '{"protocol":1,"integration_id":"int_1","time_ms":1000,"max_bytes":50000,"commands":[{"id":"cmd_1","name":"status","args":{}}]}'
      expect(request?.body).toBe(body)
      expect(request?.headers).toMatchObject({
        'content-type': 'application/json',
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(NOW_S),
        'webhook-signature': sign(SECRET, 'msg_1', NOW_S, body, 'commands'),
        'x-request-id': 'req_1',
      })
      expect(request?.headers).not.toHaveProperty('authorization')
      expect(request?.headers).not.toHaveProperty('cookie')
    })
  })

  test('T24 is signed with every secret while one rotates, and either may sign the answer', async () => {
    const rotating = { signingSecrets: [OTHER_SECRET, SECRET] }
    await withHost(answers(GOOD), async (host) => {
      expect(await sendTo(host, rotating)).toMatchObject({ results: GOOD })
      const [, second] = String(host.requests[0]?.headers['webhook-signature']).split(' ')
      expect(second).toBe(sign(SECRET, 'msg_1', NOW_S, host.requests[0]?.body ?? '', 'commands'))
    })
    await withHost(answers(GOOD, { secret: OTHER_SECRET }), async (host) => {
      expect(await sendTo(host, rotating)).toMatchObject({ results: GOOD })
    })
  })

  test('is not taken for its answer: a signature of another label counts as none', async () => {
    for (const label of ['commands', '', 'poll-answer']) {
      await withHost(answers(GOOD, { label }), async (host) => {
        await expect(sendTo(host)).rejects.toMatchObject({ code: 'response_unsigned' })
      })
    }
  })

  test('keeps the message id of the first try when it is sent again', async () => {
    await withHost(answers(GOOD), async (host) => {
      await sendTo(host, { messageId: 'msg_first' })
      expect(host.requests[0]?.headers['webhook-id']).toBe('msg_first')
    })
  })

  test('goes to plain permalinks as well', async () => {
    await withHost(obey, async (host) => {
      await sendTo(host, { path: '/?rest_route=/igny8/v1/commands' })
      expect(host.requests[0]?.url).toBe('/?rest_route=/igny8/v1/commands')
    })
  })

  test('that breaks the protocol is not sent', async () => {
    const command = { id: 'cmd_1', name: 'status', args: {} }
    await withHost(obey, async (host) => {
      for (const commands of [
        [],
        [command, command],
        Array.from({ length: 51 }, (_, n) => ({ ...command, id: `cmd_${n}` })),
      ]) {
        await expect(sendTo(host, { commands })).rejects.toThrow(ZodError)
      }
      expect(host.requests).toHaveLength(0)
    })
  })

  test.each([
    ['http://169.254.169.254/latest/', 'private_address'],
    ['https://[::ffff:127.0.0.1]/', 'private_address'],
    ['http://example.com/wp-json/', 'https_required'],
    ['https://user:pass@example.com/', 'invalid_site_url'],
    ['nonsense', 'invalid_site_url'],
  ])('T37 to %s never leaves', async (endpoint, code) => {
    const fetch = () => Promise.reject(new Error('must not be called'))
    expect(await failureOf(sendTo({ url: endpoint }, { path: '', fetch }))).toMatchObject({ code })
  })

  test('T37 to loopback never leaves outside development', async () => {
    await withHost(obey, async (host) => {
      expect(await failureOf(sendTo(host, { allowLoopback: false }))).toMatchObject({ code: 'private_address' })
      expect(host.requests).toHaveLength(0)
    })
  })
})

describe('an answer', () => {
  test('T33 by a copy of the site fails the whole batch, so that no command counts as refused', async () => {
    const commands = ['status', 'apply'].map((name, n) => ({ id: `cmd_${n}`, name, args: {} }))
    const results = [
      { id: 'cmd_0', ok: true, data: {}, took_ms: 1 },
      {
        id: 'cmd_1',
        ok: false,
        code: 'clone_detected',
        detail: 'This site is now b.example.',
        retryable: false,
        took_ms: 1,
      },
    ]
    await expect(withHost(answers(results), (host) => sendTo(host, { commands }))).rejects.toMatchObject({
      code: 'clone_detected',
      detail: 'This site is now b.example.',
    })
  })

  test('has the results in the order of the commands, failed ones included', async () => {
    const results = [
      { id: 'cmd_3', ok: false, code: 'not_reached', retryable: true },
      { id: 'cmd_1', ok: true, data: { deep: { x: [1] } }, took_ms: 3, later_field: true },
      { id: 'cmd_2', ok: false, code: 'boom', detail: 'd'.repeat(5000), retryable: false, took_ms: 0 },
    ]
    const commands = ['cmd_1', 'cmd_2', 'cmd_3'].map((id) => ({ id, name: 'status', args: {} }))
    const sent = await withHost(answers(results), (host) => sendTo(host, { commands }))
    expect(sent.results).toEqual([
      { id: 'cmd_1', ok: true, data: { deep: { x: [1] } }, took_ms: 3 },
      { id: 'cmd_2', ok: false, code: 'boom', detail: 'd'.repeat(1000), retryable: false, took_ms: 0 },
      { id: 'cmd_3', ok: false, code: 'not_reached', detail: '', retryable: true, took_ms: 0 },
    ])
    expect(sent.evidence).toMatchObject([{ step: 'commands', status: 200 }])
  })

  test.each([86_400, -86_400, 0])(
    'T8 a site whose clock is %i s off is believed, and the skew reported',
    async (offS) => {
      const sent = await withHost(answers(GOOD, { timestamp: NOW_S + offS }), (host) => sendTo(host))
      expect(sent.skewS).toBe(offS)
    },
  )

  test.each<[string, Parameters<typeof signedHeaders>[2]]>([
    ['signed with another secret', { secret: OTHER_SECRET }],
    ['signed for another message', { id: 'msg_2' }],
  ])('%s is not verified', async (_, options) => {
    const failure = await failureOf(withHost(answers(GOOD, options), (host) => sendTo(host)))
    expect(failure).toMatchObject({ code: 'response_unsigned', retryable: false })
  })

  test('without a signature is not verified', async () => {
    const reply: Reply = (response) => json(response, 200, { protocol: 1, results: GOOD })
    expect(await failureOf(withHost(reply, (host) => sendTo(host)))).toMatchObject({ code: 'response_unsigned' })
  })

  test('T23 with any bit of its body flipped is not verified', async () => {
    const body = Buffer.from(JSON.stringify({ protocol: 1, results: GOOD }))
    let bit = 0
    const reply: Reply = (response, request) => {
      const flipped = Buffer.from(body)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      response.writeHead(200, signedHeaders(request, body)).end(flipped)
    }
    await withHost(reply, async (host) => {
      for (bit = 0; bit < body.length * 8; bit++)
        expect((await failureOf(sendTo(host))).code).toMatch(/^response_|^answered_html$/)
    })
  })

  test.each<[string, unknown]>([
    ['a command answered twice', [...GOOD, ...GOOD]],
    ['a command not answered', []],
    ['a command that was not sent', [...GOOD, { id: 'cmd_9', ok: true, data: {} }]],
    ['another id', [{ id: 'cmd_9', ok: true, data: {} }]],
    ['success without data', [{ id: 'cmd_1', ok: true }]],
    ['failure without a code', [{ id: 'cmd_1', ok: false }]],
    ['neither success nor failure', [{ id: 'cmd_1' }]],
    ['no list of results', '{"protocol":1}'],
    ['another protocol', '{"protocol":2,"results":[]}'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('T4 signed, but with %s, breaks the protocol', async (_, results) => {
    expect(await failureOf(withHost(answers(results), (host) => sendTo(host)))).toMatchObject({
      code: 'response_invalid',
    })
  })

  test('T25 that is signed but not UTF-8 is refused, not repaired', async () => {
    const body = Buffer.from([
      ...Buffer.from('{"protocol":1,"results":[{"id":"cmd_1","ok":true,"data":{"a":"'),
      0xff,
      ...Buffer.from('"}}]}'),
    ])
    const reply: Reply = (response, request) => void response.writeHead(200, signedHeaders(request, body)).end(body)
    expect(await failureOf(withHost(reply, (host) => sendTo(host)))).toMatchObject({ code: 'response_not_json' })
  })

  test('T44 with very deep nesting is refused before it is parsed, since parsing it would take seconds', async () => {
    const deep = `{"protocol":1,"results":[{"id":"cmd_1","ok":true,"data":{"a":${'['.repeat(40_000)}${']'.repeat(40_000)}}}]}`
    expect(await failureOf(withHost(answers(deep), (host) => sendTo(host)))).toMatchObject({
      code: 'response_not_json',
      detail: 'The answer is signed, but not JSON in UTF-8 of at most 600 levels.',
    })
  })
})

describe('a refusal of the plugin', () => {
  test.each([
    [409, 'igny8_not_connected', 'plugin_not_connected'],
    [401, 'igny8_signature_missing', 'signature_removed'],
    [401, 'igny8_signature_invalid', 'signature_rejected'],
    [401, 'igny8_timestamp_out_of_range', 'clock_skew'],
    [400, 'igny8_body_invalid', 'request_rejected'],
    [409, 'igny8_other_integration', 'other_integration'],
    [403, 'igny8_a_code_of_a_later_plugin', 'request_rejected'],
    [404, 'rest_no_route', 'plugin_not_found'],
  ])('%i %s is %s', async (status, code, expected) => {
    const failure = await failureOf(
      withHost(
        (response) => restError(response, status, code),
        (host) => sendTo(host),
      ),
    )
    expect(failure.code).toBe(expected)
    expect(failure.toFailure()).toMatchObject({
      ok: false,
      code: expected,
      fix: expect.stringMatching(/\.$/),
      evidence: [{ status }],
    })
  })

  test('of other bytes than were sent means that the body was changed, not that the secrets differ', async () => {
    const received = { missing: [], body_sha256: '0'.repeat(64), body_bytes: 7 }
    const reply: Reply = (response) => restError(response, 401, 'igny8_signature_invalid', { received })
    const failure = await failureOf(withHost(reply, (host) => sendTo(host)))
    expect(failure.code).toBe('body_changed')
    expect(failure.detail).toMatch(/^The body was changed on its way: \d+ bytes were sent, 7 arrived\.$/)
  })

  test('of our time states the difference of the clocks', async () => {
    const reply: Reply = (response) =>
      restError(response, 401, 'igny8_timestamp_out_of_range', { site_time: NOW_S - 7200 })
    expect((await failureOf(withHost(reply, (host) => sendTo(host)))).detail).toBe(
      'The clock of the site is 7200 s behind.',
    )
  })
})
