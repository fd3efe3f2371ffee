import type { Client } from './client.ts'

export const INTEGRATIONS = '/api/v1/integration/integrations'
export const PASSWORD = 'correct horse battery staple 42'

/** A person with an account of their own. */
export interface Person {
  name: string
  email: string
  token: string
}

/** Signs somebody up. An answer that gets lost is made up for by signing in. */
export async function signUp(client: Client, name: string): Promise<Person> {
  const email = `${name.toLowerCase()}@soak.example.com`
  const body = { name, email, password: PASSWORD }
  const answer = await client.sendUntilKnown('POST /api/v1/auth/sign-up/email', {
    kind: 'sign-up',
    body,
    expects: [409, 422],
  })
  if (answer && answer.status < 400) return { name, email, token: String(answer.body['token']) }
  return { name, email, token: await signIn(client, email) }
}

/** @returns the token of a new session */
export async function signIn(client: Client, email: string): Promise<string> {
  const body = { email, password: PASSWORD }
  return String((await client.must('POST /api/v1/auth/sign-in/email', { kind: 'sign-in', body }))['token'])
}
