import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import classes from './panel.module.css'

interface PanelProps {
  heading: string
  text?: ReactNode
  actions?: ReactNode
  children?: ReactNode
}

/** A section of the page with its heading and actions. */
export function Panel({ heading, text, actions, children }: PanelProps): ReactNode {
  const id = useId()
  return (
    <section className={`panel ${classes.panel}`} aria-labelledby={id}>
      <Stack>
        <Group justify="space-between" align="flex-start" gap="sm">
          <div style={{ flex: '1 1 260px' }}>
            <Title order={2} size="h4" id={id}>
              {heading}
            </Title>
            {text && (
              <Text size="sm" c="dimmed" mt={4}>
                {text}
              </Text>
            )}
          </div>
          {actions}
        </Group>
        {children}
      </Stack>
    </section>
  )
}

/** Names and values. Facts without a value are left out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }): ReactNode {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '')
  return (
    <dl className={classes.facts}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Raw text in a collapsed block. */
export function Folded({ summary, text }: { summary: string; text: string }): ReactNode {
  return (
    <details>
      <summary className={classes.summary}>{summary}</summary>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
      <section className={classes.raw} tabIndex={0} aria-label={summary}>
        {text}
      </section>
    </details>
  )
}
