import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { ConnectQuestion } from '../../api/types.ts'
import { useProblemText } from '../../components/use-problem-text.ts'
import { useSession } from '../../queries/session.ts'
import { AccountChoice } from './account-choice.tsx'
import type { Ask } from './read-ask.ts'

interface RefusedProps {
  ask: Ask
  refusal: NonNullable<ConnectQuestion['refusal']>
  cancelUrl: string
}

/** Why the site can’t be connected, what to do about it, and the way back. */
export function Refused({ ask, refusal, cancelUrl }: RefusedProps): ReactNode {
  const t = useTranslations('connect')
  const words = useProblemText()(refusal)
  const { data: session } = useSession()
  return (
    <Stack gap="lg">
      <Alert
        color="orange"
        variant="light"
        styles={{ label: { color: 'var(--mantine-color-text)' } }}
        role="alert"
        icon={<IconAlertTriangle aria-hidden />}
        title={words.title}
      >
        <Stack gap="xs">
          {words.detail && (
            <Text size="sm" lang={words.detailLanguage}>
              {words.detail}
            </Text>
          )}
          <Text size="sm">{words.fix}</Text>
        </Stack>
      </Alert>
      {(session?.accounts.length ?? 0) > 1 && (
        <Stack gap="xs">
          <AccountChoice />
          <Text size="sm" c="dimmed">
            {t('tryOther')}
          </Text>
        </Stack>
      )}
      <Group>
        <Button component="a" href={cancelUrl}>
          {t('back', { host: new URL(ask.site_url).host })}
        </Button>
        <Anchor component={Link} to="/sites" underline="always">
          {t('sites')}
        </Anchor>
      </Group>
    </Stack>
  )
}
