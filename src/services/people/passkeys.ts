import { eq } from 'drizzle-orm'
import type { Passkey, PasskeyCreate, PasskeyOptions, PasskeySignIn } from '../../contract/me.ts'
import { passkeys, sessions } from '../../db/schema/index.ts'
import { auditPerson } from '../audit/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { callLibrary, createAuth, createTrace, PASSKEY_COOKIE } from './auth.ts'
import { assertOriginAllowed, headersForLibrary, readSetCookie } from './credentials.ts'
import { type Client, tellFactorChange } from './letters.ts'
import { loadPasskey } from './profile.ts'
import { loadSelf } from './self.ts'
import type { SignInResult } from './session.ts'
import { startSession } from './start-session.ts'

/** More than anybody's devices, and a bound for the table. */
const MAX_PASSKEYS = 20

type WithClient<T = object> = T & { client: Client }

/** The options with the name of their challenge, which better-auth would keep in a cookie. It works once. */
function presentOptions(ctx: ServiceContext<Actor>, options: object, headers: Headers): PasskeyOptions {
  const challenge = readSetCookie(ctx.config, headers, PASSKEY_COOKIE)
  if (challenge === null) throw new Error('the passkey has no challenge')
  return { challenge, options: { ...options } }
}

/** What the browser needs to make a passkey. @throws ServiceError `too_many_passkeys`, `origin_not_allowed` */
export async function startPasskey({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient
}): Promise<PasskeyOptions> {
  const { headers } = input.client
  assertOriginAllowed(ctx.config, headers)
  const { person } = await loadSelf(ctx, headers)
  const count = await ctx.db.$count(passkeys, eq(passkeys.userId, person.id))
  if (count >= MAX_PASSKEYS) throw new ServiceError('too_many_passkeys')
  const trace = createTrace()
  const answer = await callLibrary(
    trace,
    createAuth(ctx, trace, headers.get('origin')).api.generatePasskeyRegistrationOptions({
      headers: headersForLibrary(ctx.config, headers, 'session'),
      returnHeaders: true,
    }),
  )
  return presentOptions(ctx, answer.response, answer.headers)
}

/**
 * Keeps a new passkey. It counts as this session's second factor, since its device has checked the person.
 * @throws ServiceError `passkey_refused`, `origin_not_allowed`
 */
export async function createPasskey({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient<PasskeyCreate>
}): Promise<Passkey> {
  const { client, name, challenge, credential } = input
  assertOriginAllowed(ctx.config, client.headers)
  const { person, session } = await loadSelf(ctx, client.headers)
  const trace = createTrace()
  const made = await callLibrary(
    trace,
    createAuth(ctx, trace, client.headers.get('origin')).api.verifyPasskeyRegistration({
      headers: headersForLibrary(ctx.config, client.headers, 'session', { [PASSKEY_COOKIE]: challenge }),
      body: { response: credential, name },
    }),
  )
  await ctx.db.update(sessions).set({ secondFactor: true }).where(eq(sessions.id, session.id))
  const metadata = { passkey: made.id }
  await auditPerson({ ctx, input: { userId: person.id, action: 'person.passkey_added', metadata } })
  await tellFactorChange(ctx, person.id, 'passkey_added', client)
  return loadPasskey(ctx, person.id, made.id)
}

/** What the browser needs to sign in with a passkey of whoever is there. @throws ServiceError `origin_not_allowed` */
export async function startPasskeySignIn({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: WithClient
}): Promise<PasskeyOptions> {
  const { headers } = input.client
  assertOriginAllowed(ctx.config, headers)
  const trace = createTrace()
  const answer = await callLibrary(
    trace,
    createAuth(ctx, trace, headers.get('origin')).api.generatePasskeyAuthenticationOptions({
      headers: headersForLibrary(ctx.config, headers, {}),
      returnHeaders: true,
    }),
  )
  return presentOptions(ctx, { ...answer.response, userVerification: 'required' }, answer.headers)
}

/**
 * Signs a person in with a passkey. That is two factors: the device, and the check of the person on it.
 * @throws ServiceError `passkey_refused`, `user_inactive`, `origin_not_allowed`
 */
export async function signInWithPasskey({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: WithClient<PasskeySignIn>
}): Promise<SignInResult> {
  const { client, challenge, credential } = input
  assertOriginAllowed(ctx.config, client.headers)
  const trace = createTrace({ place: client.place, secondFactor: true })
  const answer = await callLibrary(
    trace,
    createAuth(ctx, trace, client.headers.get('origin')).api.verifyPasskeyAuthentication({
      headers: headersForLibrary(ctx.config, client.headers, { [PASSKEY_COOKIE]: challenge }),
      body: { response: credential },
      returnHeaders: true,
    }),
  )
  return startSession(ctx, { token: answer.response.session.token, client, headers: answer.headers, method: 'passkey' })
}
