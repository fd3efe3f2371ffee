import { eq } from 'drizzle-orm'
import { operators, sessions } from '../../src/db/schema/index.ts'
import { type Person, signUpPerson } from './identity.ts'
import { d1 } from './integration.ts'

/** Gives a person's sessions a second factor. */
export const withSecondFactor = async ({ userId }: Person, secondFactor = true): Promise<void> => {
  await d1().update(sessions).set({ secondFactor }).where(eq(sessions.userId, userId))
}

/** A person who operates the deployment, signed in with a second factor. */
export async function createOperator(): Promise<Person> {
  const person = await signUpPerson('Olga Operator')
  await withSecondFactor(person)
  await d1().insert(operators).values({ userId: person.userId, grantedAt: new Date() })
  return person
}
