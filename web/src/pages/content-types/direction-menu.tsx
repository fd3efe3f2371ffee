import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { type ReactNode, useRef } from 'react'
import { useTranslations } from 'use-intl'
import type { Direction } from '../../api/types.ts'

const DIRECTIONS = ['both', 'from_external', 'to_external', 'metadata'] as const

interface DirectionMenuProps {
  label: string
  isDisabled: boolean
  onChoose: (direction: Direction) => void
}

/** Menu of sync directions, with what each does. */
export default function DirectionMenu({ label, isDisabled, onChoose }: DirectionMenuProps): ReactNode {
  const t = useTranslations('contentTypes.sync.hints')
  const direction = useTranslations('common.direction')
  const target = useRef<HTMLButtonElement>(null)
  return (
    <Menu width={300} position="bottom-end" defaultOpened disabled={isDisabled} onClose={() => target.current?.focus()}>
      <Menu.Target>
        <Button
          ref={target}
          px={10}
          disabled={isDisabled}
          aria-label={label}
          style={{ borderInlineStart: '1px solid rgb(255 255 255 / 35%)' }}
        >
          <IconChevronDown size={18} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {DIRECTIONS.map((one) => (
          <Menu.Item key={one} onClick={() => onChoose(one)}>
            <Text size="sm" fw={600}>
              {direction(one)}
            </Text>
            <Text size="xs" c="dimmed">
              {t(one)}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
