import { describe, expect, test } from 'vitest'
import { call, refusal, signUpPerson, type Person } from '../support/identity.ts'
import { mailsTo, withSink } from '../support/mail.ts'
import { createAuthenticator } from '../support/authenticator.ts'

const headers = { origin: 'http://app.test' }
type Authenticator = Awaited<ReturnType<typeof createAuthenticator>>

async function startAdding({ token }: Person) {
  const answer = await call('POST /api/v1/me/passkeys/options', { token, headers })
  expect(answer.status).toBe(200)
  return answer.body
}

async function addPasskey(person: Person, device: Authenticator, bindings = {}) {
  const { challenge, options } = await startAdding(person)
  const credential = await device.create(options.challenge)
  const body = { name: 'Key ring', challenge, credential }
  return call('POST /api/v1/me/passkeys', { token: person.token, headers, body, bindings })
}

async function startSignIn() {
  const answer = await call('POST /api/v1/auth/sign-in/passkey/options', { headers })
  expect(answer.status).toBe(200)
  return answer.body
}

const signIn = (body: unknown) => call('POST /api/v1/auth/sign-in/passkey', { headers, body })

describe('a passkey', () => {
  test('is added, named, listed, renamed and removed, and each change is mailed', async () => {
    const [ada, device] = [await signUpPerson(), await createAuthenticator()]
    const { options } = await startAdding(ada)
    expect(options).toMatchObject({ rp: { id: 'app.test' }, attestation: 'none' })
    expect(options.authenticatorSelection).toMatchObject({ userVerification: 'required', residentKey: 'required' })
    const made = await addPasskey(ada, device, withSink)
    expect([made.status, made.body.name]).toEqual([201, 'Key ring'])
    const path = `/api/v1/me/passkeys/${made.body.id}`
    const renamed = await call(`PATCH ${path}`, { token: ada.token, body: { name: 'Desk' } })
    expect(renamed.body).toEqual({ ...made.body, name: 'Desk' })
    expect((await call('GET /api/v1/me/passkeys', { token: ada.token })).body.results).toEqual([renamed.body])
    expect((await call(`DELETE ${path}`, { token: ada.token, bindings: withSink })).status).toBe(204)
    expect((await call('GET /api/v1/me/passkeys', { token: ada.token })).body.results).toEqual([])
    expect(refusal(await call(`DELETE ${path}`, { token: ada.token }))).toEqual([404, 'passkey_not_found'])
    expect(mailsTo(ada.email).map(({ kind }) => kind)).toEqual(['two_factor_changed', 'two_factor_changed'])
  })

  test('signs its person in, which counts as two factors', async () => {
    const [ada, device] = [await signUpPerson(), await createAuthenticator()]
    await addPasskey(ada, device)
    const { challenge, options } = await startSignIn()
    expect(options.userVerification).toBe('required')
    const answer = await signIn({ challenge, credential: await device.get(options.challenge) })
    expect([answer.status, answer.body.user.id]).toEqual([200, ada.userId])
    const profile = await call('GET /api/v1/me', { token: answer.body.token })
    expect(profile.body.second_factor).toBe(true)
    const [cookie = ''] = answer.headers.getSetCookie()[0]?.split(';') ?? []
    expect((await call('GET /api/v1/auth/get-session', { cookie })).body.user.id).toBe(ada.userId)
  })

  test('of a second registration is refused once its device is known', async () => {
    const [ada, device] = [await signUpPerson(), await createAuthenticator()]
    await addPasskey(ada, device)
    const { options } = await startAdding(ada)
    expect(options.excludeCredentials).toHaveLength(1)
  })
})

describe('a passkey’s challenge', () => {
  test('works once, for adding as for signing in', async () => {
    const [ada, device] = [await signUpPerson(), await createAuthenticator()]
    const { challenge, options } = await startAdding(ada)
    const body = { name: 'Key', challenge, credential: await device.create(options.challenge) }
    const add = () => call('POST /api/v1/me/passkeys', { token: ada.token, headers, body })
    expect((await add()).status).toBe(201)
    expect(refusal(await add())).toEqual([400, 'passkey_refused'])
    const started = await startSignIn()
    const sent = { challenge: started.challenge, credential: await device.get(started.options.challenge) }
    expect((await signIn(sent)).status).toBe(200)
    expect(refusal(await signIn(sent))).toEqual([400, 'passkey_refused'])
  })

  test('is for one person, one purpose and one page alone', async () => {
    const [ada, eve, device] = [await signUpPerson(), await signUpPerson('Eve'), await createAuthenticator()]
    const { challenge, options } = await startAdding(ada)
    const credential = await device.create(options.challenge)
    const body = { name: 'Key', challenge, credential }
    const stolen = await call('POST /api/v1/me/passkeys', { token: eve.token, headers, body })
    expect(stolen.status).toBe(400)
    await addPasskey(ada, device)
    const registration = await startAdding(ada)
    const asSignIn = await device.get(registration.options.challenge)
    expect(refusal(await signIn({ challenge: registration.challenge, credential: asSignIn }))).toEqual([
      400,
      'passkey_refused',
    ])
    const elsewhere = { origin: 'https://evil.example' }
    const first = await startSignIn()
    const phished = await device.get(first.options.challenge, elsewhere)
    expect(refusal(await signIn({ challenge: first.challenge, credential: phished }))).toEqual([400, 'passkey_refused'])
    const second = await startSignIn()
    const foreign = await device.get(second.options.challenge, { rpId: 'evil.example' })
    expect(refusal(await signIn({ challenge: second.challenge, credential: foreign }))).toEqual([
      400,
      'passkey_refused',
    ])
  })

  test.each([
    ['another challenge', async (device: Authenticator) => device.get('bm90IHRoaXM')],
    [
      'a device that did not check the person',
      async (device: Authenticator, challenge: string) => device.get(challenge, { isVerified: false }),
    ],
    ['an unknown device', async (_: Authenticator, challenge: string) => (await createAuthenticator()).get(challenge)],
    [
      'a forged signature',
      async (device: Authenticator, challenge: string) => {
        const credential = await device.get(challenge)
        const { signature } = await (await createAuthenticator()).get(challenge).then(({ response }) => response)
        return { ...credential, response: { ...credential.response, signature } }
      },
    ],
    [
      'a signature that is none',
      async (device: Authenticator, challenge: string) => {
        const credential = await device.get(challenge)
        return { ...credential, response: { ...credential.response, signature: 'MAA' } }
      },
    ],
  ])('is not met by %s', async (_name, answerOf) => {
    const [ada, device] = [await signUpPerson(), await createAuthenticator()]
    await addPasskey(ada, device)
    const { challenge, options } = await startSignIn()
    const answer = await signIn({ challenge, credential: await answerOf(device, options.challenge) })
    expect(refusal(answer)).toEqual([400, 'passkey_refused'])
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test('of an unchecked person adds nothing either', async () => {
    const [ada, device] = [await signUpPerson(), await createAuthenticator()]
    const { challenge, options } = await startAdding(ada)
    const credential = await device.create(options.challenge, { isVerified: false })
    const body = { name: 'Key', challenge, credential }
    expect(refusal(await call('POST /api/v1/me/passkeys', { token: ada.token, headers, body }))).toEqual([
      400,
      'passkey_refused',
    ])
  })

  test('is a name that we made', async () => {
    const device = await createAuthenticator()
    const { options } = await startSignIn()
    const credential = await device.get(options.challenge)
    expect(refusal(await signIn({ challenge: 'a; igny8.session_token=b', credential }))).toEqual([
      400,
      'validation_error',
    ])
    expect(refusal(await signIn({ challenge: 'made.up', credential }))).toEqual([400, 'passkey_refused'])
  })
})

test('a person can have twenty passkeys', async () => {
  const ada = await signUpPerson()
  for (let count = 0; count < 20; count++) expect((await addPasskey(ada, await createAuthenticator())).status).toBe(201)
  const answer = await call('POST /api/v1/me/passkeys/options', { token: ada.token, headers })
  expect(refusal(answer)).toEqual([409, 'too_many_passkeys'])
})
