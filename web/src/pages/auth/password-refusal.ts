import { ApiError, isCode } from '../../api/errors.ts'
import { useProblemText } from '../../components/use-problem-text.ts'

const CODES = ['common_password', 'personal_password', 'wrong_password']

/** What is wrong with a password, in the person's language; null for any other error. */
export function usePasswordRefusal(): (error: unknown) => string | null {
  const textOf = useProblemText()
  return (error) => {
    if (!(error instanceof ApiError) || !CODES.some((code) => isCode(error, code))) return null
    const { title, fix } = textOf(error.problem)
    return [`${title}.`, fix].filter(Boolean).join(' ')
  }
}
