import { Alert, Button, Center, Code, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { ApiError } from '../api/errors.ts'
import { FixText } from './fix-text.tsx'
import { useProblemText } from './use-problem-text.ts'

interface EmptyStateProps {
  icon: ReactNode
  title: string
  text: string
  action?: ReactNode
  /** Whether it is all of the page: then its title is the page's heading. */
  isPage?: boolean
}

/** Empty state of a list: why it is empty, and what to do. */
export function EmptyState({ icon, title, text, action, isPage = false }: EmptyStateProps): ReactNode {
  return (
    <Center py={56} px="md">
      <Stack align="center" gap="xs" maw={440} ta="center">
        <ThemeIcon size={56} radius="xl" variant="light" aria-hidden>
          {icon}
        </ThemeIcon>
        <Title order={isPage ? 1 : 2} size="h3" mt="xs">
          {title}
        </Title>
        <Text c="dimmed">{text}</Text>
        {action && (
          <Group mt="sm" justify="center">
            {action}
          </Group>
        )}
      </Stack>
    </Center>
  )
}

/** An error with its fix and the request id for support. `onRetry` adds a retry button. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactNode {
  const t = useTranslations('common')
  const textOf = useProblemText()
  const problem = error instanceof ApiError ? error.problem : null
  const words = problem && textOf(problem)
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      icon={problem ? <IconAlertTriangle aria-hidden /> : <IconPlugConnectedX aria-hidden />}
      title={words ? words.title : t('noAnswer')}
    >
      <Stack gap="xs" align="flex-start">
        {words?.detail && (
          <Text size="sm" lang={words.detailLanguage}>
            {words.detail}
          </Text>
        )}
        <Text size="sm">{words ? words.fix && <FixText text={words.fix} /> : t('noAnswerFix')}</Text>
        {problem && <Code>{t('requestId', { id: problem.request_id })}</Code>}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

export function CrashedState(): ReactNode {
  const t = useTranslations('common')
  return (
    <Center mih="60vh" component="main">
      <EmptyState
        icon={<IconAlertTriangle />}
        title={t('crashed')}
        text={t('crashedFix')}
        isPage
        action={<Button onClick={() => window.location.reload()}>{t('reload')}</Button>}
      />
    </Center>
  )
}

export function NotFoundState(): ReactNode {
  const t = useTranslations('common')
  return (
    <EmptyState
      icon={<IconAlertTriangle />}
      title={t('notFound')}
      text={t('notFoundFix')}
      isPage
      action={
        <Button component={Link} to="/sites" variant="light">
          {t('toSites')}
        </Button>
      }
    />
  )
}
