/** What a person reads for one code of the API: what is wrong, and what to do about it. */
export interface ProblemText {
  title: string
  fix: string
}

/** Texts by code that replace the API's own. A code that is missing keeps the API's text. */
export type ProblemTexts = Readonly<Record<string, ProblemText>>

const SIGNED_OUT: ProblemText = {
  title: 'You were signed out',
  fix: 'Sign in again; your text is kept.',
}

/** The API speaks English, so its texts stay, except where it speaks to developers and the app to an editor. */
export const errors: ProblemTexts = { credentials_missing: SIGNED_OUT, invalid_session: SIGNED_OUT }
