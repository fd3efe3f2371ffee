import { Box, Group, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

interface PageProps {
  title: string
  /** Further parts of the document's title, from the particular to the general: the site's name. */
  context?: string
  description?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** Where the last page was; null before the first one, whose focus is the browser's business. */
let lastPath: string | null = null

/**
 * A page with its one heading. Names the document, and moves the focus to the heading after a navigation, so that a
 * screen reader tells where one is; not at the first load, where the browser does it.
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
