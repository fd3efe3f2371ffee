import type { Messages } from './en/index.ts'

/** What stands round every page and is shared by them comes as one file, before anything is shown. */
export type Base = Pick<Messages, 'common' | 'shell'>

/** Texts that are loaded with the pages that need them. */
export type Area = Exclude<keyof Messages, keyof Base>

export type Texts = { base: Base } & Pick<Messages, Area>

export type AreaFiles = { [Part in keyof Texts]: () => Promise<Texts[Part]> }
