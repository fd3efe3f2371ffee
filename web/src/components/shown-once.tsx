import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { CopyField } from './copy-field.tsx'
import { useLeaveGuard } from './use-leave-guard.ts'

interface ShownOnceProps {
  text: string
  /** What it is called, and what it is. */
  label: string
  secret: string
  /** What to do with it. */
  children?: ReactNode
  /** What the box says that has to be ticked, what is asked of who leaves before, and what the button says. */
  kept: string
  leave: string
  done: string
  onDone: () => void
}

/** A secret in full, this once: it is left by saying that it is kept, and leaving the page asks first. */
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
