import { expect, test } from 'vitest'
import { REQUEST_ID_HEADER, RUN_ID_HEADER } from '../../src/lib/ids.ts'
import { SIGNED_HEADERS, signMessage, verifyMessage } from '../../src/lib/signature.ts'
import { sendCommands } from '../../src/site/transport/direct/send.ts'
import vectors from '../fixtures/header-vectors.json' with { type: 'json' }
import { SECRET } from '../support/odd-hosts.ts'

const NOW_S = 1_763_750_000

/** Sends one batch to a site that gives no valid answer, and returns the headers of the request. */
async function headersOfCommands(): Promise<Headers> {
  const requests: Headers[] = []
  const sent = sendCommands({
    endpoint: 'https://example.com/wp-json/igny8/v1/commands',
    signingSecrets: [SECRET],
    integrationId: 'int_1',
    commands: [{ id: 'cmd_1', name: 'status', args: {} }],
    requestId: 'req_1',
    runId: 'run_1',
    allowLoopback: false,
    fetch: (_, init) => {
      requests.push(new Headers(init?.headers))
      return Promise.resolve(new Response('{}'))
    },
    now: () => NOW_S * 1000,
    newId: () => 'msg_1',
  })
  await expect(sent).rejects.toThrow()
  const [headers] = requests
  if (!headers) throw new Error('Nothing was sent.')
  return headers
}

test('a batch of commands has every header that the plugin expects', async () => {
  const headers = await headersOfCommands()
  expect(vectors.commands_request.filter((name) => !headers.has(name))).toEqual([])
})

test('the headers with ids have the names that the plugin reads', () => {
  expect([REQUEST_ID_HEADER, RUN_ID_HEADER]).toEqual([vectors.request_id, vectors.run_id])
})

test('a message is verified by the three headers that the plugin signs with, and by no fewer', async () => {
  expect(SIGNED_HEADERS).toEqual(vectors.signature)
  const values = [
    'msg_1',
    String(NOW_S),
    await signMessage({ id: 'msg_1', timestamp: NOW_S, body: 'x', secrets: [SECRET] }),
  ]
  const verify = (names: string[]) => {
    const headers = new Headers(names.map((name) => [name, values[vectors.signature.indexOf(name)] ?? '']))
    return verifyMessage({ headers, body: 'x', secrets: [SECRET], nowS: NOW_S })
  }
  expect(await verify(vectors.signature)).toMatchObject({ ok: true })
  for (const missing of vectors.signature)
    expect(await verify(vectors.signature.filter((name) => name !== missing))).toMatchObject({
      reason: 'signature_missing',
    })
})
