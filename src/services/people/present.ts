import type { User } from '../../contract/people.ts'

interface UserFields {
  id: string
  name: string
  email: string
  createdAt: Date
}

/** The wire's shape of a person. */
export const presentUser = ({ id, name, email, createdAt }: UserFields): User => ({
  id,
  name,
  email,
  created_at: createdAt.toISOString(),
})

/** A new session: `token` for the Authorization header, `cookies` for a browser. */
export interface SignInResult {
  token: string
  user: User
  cookies: string[]
}
