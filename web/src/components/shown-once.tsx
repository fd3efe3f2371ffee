import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { CopyField } from './copy-field.tsx'
import { useLeaveGuard } from './use-leave-guard.ts'

interface ShownOnceProps {
  text: string
  /** Label and value of the secret. */
  label: string
  secret: string
  /** What to do with it. */
  children?: ReactNode
  /** Texts of the checkbox, of the question before leaving, and of the button. */
  kept: string
  leave: string
  done: string
  onDone: () => void
}

/** Shows a secret once. The person has to confirm that they saved it; leaving the page asks first. */
export function ShownOnce({ text, label, secret, children, kept, leave, done, onDone }: ShownOnceProps): ReactNode {
  const [isKept, setKept] = useState(false)
  useLeaveGuard(!isKept, leave)
  return (
    <Stack>
      <Text>{text}</Text>
      <CopyField label={label} value={secret} />
      {children}
      <Group justify="space-between">
        <Checkbox label={kept} checked={isKept} onChange={(event) => setKept(event.currentTarget.checked)} />
        <Button disabled={!isKept} onClick={onDone}>
          {done}
        </Button>
      </Group>
    </Stack>
  )
}
