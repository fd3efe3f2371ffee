import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { ErrorState } from './states.tsx'

/** Seconds for which the old key or secret keeps working. */
const GRACES_S = { none: 0, hour: 3_600, day: 86_400, week: 604_800 } as const
export type Grace = keyof typeof GRACES_S
const GRACES = Object.keys(GRACES_S) as Grace[]

interface GraceFormProps {
  /** What will happen. */
  text: string
  label: string
  labelOf: (grace: Grace) => string
  confirmLabel: string
  /** @param graceS seconds */
  onConfirm: (graceS: number) => void
  onCancel: () => void
  isPending: boolean
  error: unknown
}

/** Asks how long the replaced key or secret keeps working. */
export function GraceForm(props: GraceFormProps): ReactNode {
  const { text, label, labelOf, confirmLabel, onConfirm, onCancel, isPending, error } = props
  const t = useTranslations('common')
  const [grace, setGrace] = useState<Grace>('day')
  return (
    <Stack>
      <Text>{text}</Text>
      {error !== null && error !== undefined && <ErrorState error={error} />}
      <NativeSelect
        label={label}
        data-autofocus
        value={grace}
        onChange={(event) => setGrace(event.currentTarget.value as Grace)}
        data={GRACES.map((value) => ({ value, label: labelOf(value) }))}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
        <Button loading={isPending} onClick={() => onConfirm(GRACES_S[grace])}>
          {confirmLabel}
        </Button>
      </Group>
    </Stack>
  )
}
