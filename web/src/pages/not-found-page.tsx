import { type ReactNode, useEffect } from 'react'
import { useTranslations } from 'use-intl'
import { NotFoundState } from '../components/states.tsx'

export default function NotFoundPage(): ReactNode {
  const t = useTranslations('common')
  const title = `${t('notFound')} · IGNY8`
  useEffect(() => {
    document.title = title
  }, [title])
  return <NotFoundState />
}
