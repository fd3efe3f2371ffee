import type { Messages } from './en/index.ts'

/** Shared texts, loaded as one file before anything is shown. */
export type Base = Pick<Messages, 'common' | 'shell'>

/** Texts that are loaded with their pages. */
export type Area = Exclude<keyof Messages, keyof Base>

export type Texts = { base: Base } & Pick<Messages, Area>

export type AreaFiles = { [Part in keyof Texts]: () => Promise<Texts[Part]> }
