import { Box, Group, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

interface PageProps {
  title: string
  /** Further parts of the document title, such as the site's name. */
  context?: string
  description?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** Path of the previous page; null on the first load, where the browser handles focus. */
let lastPath: string | null = null

/**
 * A page with its heading. It sets the document title, and moves focus to the heading after a navigation, so that screen readers
 * announce the page. On the first load the browser does that.
 */
export function Page({ title, context, description, actions, children }: PageProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null)
  const [pathname] = useLocation()
  useEffect(() => {
    document.title = [title, context, 'IGNY8'].filter(Boolean).join(' · ')
  }, [title, context])
  useEffect(() => {
    if (lastPath !== null && lastPath !== pathname) heading.current?.focus()
    lastPath = pathname
  }, [pathname])
  return (
    <>
      <Group justify="space-between" align="flex-start" mb="lg" gap="md">
        <Box flex="1 1 280px">
          <Title order={1} ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
            {title}
          </Title>
          {description && (
            <Text c="dimmed" mt={4} component="div">
              {description}
            </Text>
          )}
        </Box>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </>
  )
}
