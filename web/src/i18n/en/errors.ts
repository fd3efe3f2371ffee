/** What a person reads about one code of the API: what happened, and what to do. */
export interface ProblemText {
  title: string
  fix: string
}

/** Texts by code, in place of the API's own; a code that is missing keeps the API's. */
export type ProblemTexts = Readonly<Record<string, ProblemText>>

/** English is what the API speaks: its own text stays. */
export const errors: ProblemTexts = {}
