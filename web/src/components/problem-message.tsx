import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ApiError } from '../api/errors.ts'
import { useProblemText } from './use-problem-text.ts'

/** An error and its fix in one paragraph, for a notification. */
export function ProblemMessage({ error }: { error: unknown }): ReactNode {
  const t = useTranslations('common')
  const textOf = useProblemText()
  if (!(error instanceof ApiError)) return `${t('noAnswer')}. ${t('noAnswerFix')}`
  const { title, detail, detailLanguage, fix } = textOf(error.problem)
  return (
    <>
      {detail ? <span lang={detailLanguage}>{detail}</span> : title} {fix}
    </>
  )
}
