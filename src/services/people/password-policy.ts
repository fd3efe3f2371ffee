import { ServiceError } from '../errors.ts'
import { COMMON_PASSWORDS } from './common-passwords.ts'

let common: Set<string> | null = null

/** Made on first use: most requests don't choose a password. */
const commonPasswords = () => (common ??= new Set(COMMON_PASSWORDS.split(' ')))

/** One character, or a short part, over and over: `aaaaaaaaaa`, `abcabcabcabc`. */
function isRepetition(text: string): boolean {
  const part = text.length / 3
  for (let length = 1; length <= part; length++)
    if (text.length % length === 0 && text.slice(0, length).repeat(text.length / length) === text) return true
  return false
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')

/** What follows from the person: their name, their address, and its parts, with or without digits behind. */
function isPersonal(password: string, { name, email }: { name: string; email: string }): boolean {
  const words = [name, email, ...email.split('@'), `${name}${name}`].map(plain)
  const own = new Set(words.filter((word) => word.length > 2))
  const typed = plain(password)
  const bare = typed.replace(/\d+$/, '')
  return own.has(typed) || own.has(bare)
}

/**
 * Refuses passwords that a guesser tries first. The contract has checked the length.
 * @throws ServiceError `common_password`, `personal_password`
 */
export function assertPasswordAllowed(password: string, person: { name: string; email: string }, path: string): void {
  const refuse = (code: 'common_password' | 'personal_password', message: string) => {
    throw new ServiceError(code, undefined, { errors: [{ path, code, message }] })
  }
  if (isPersonal(password, person)) refuse('personal_password', 'must not be your name or e-mail address')
  if (commonPasswords().has(password.trim().toLowerCase()) || isRepetition(password))
    refuse('common_password', 'is too common')
}
