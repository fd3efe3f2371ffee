import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ShownOnce } from '../../components/shown-once.tsx'

interface NewKeyProps {
  plaintext: string
  isReplacement: boolean
  onDone: () => void
}

/** Shows the whole key once. */
export function NewKey({ plaintext, isReplacement, onDone }: NewKeyProps): ReactNode {
  const t = useTranslations('connection.keys')
  const words = { text: t('createdText'), label: t('key'), kept: t('kept'), leave: t('leave'), done: t('done') }
  return (
    <ShownOnce {...words} secret={plaintext} onDone={onDone}>
      {isReplacement && <Text size="sm">{t('rotateUse')}</Text>}
    </ShownOnce>
  )
}
