import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconInfoCircle, IconPlugConnected } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ConnectQuestion } from '../../api/types.ts'
import { ErrorState } from '../../components/states.tsx'
import { useLeave } from '../../layout/use-leave.ts'
import { useApproveConnect } from '../../queries/connect.ts'
import { useSession } from '../../queries/session.ts'
import { AccountChoice } from './account-choice.tsx'
import classes from './connect.module.css'
import { leaveFor } from './leave.ts'
import type { Ask } from './read-ask.ts'
import { TypeChoices } from './type-choices.tsx'

/** Who would connect what to whom: nobody says yes to a site or an account that they didn’t read. */
function Facts({ ask, question }: { ask: Ask; question: ConnectQuestion }): ReactNode {
  const t = useTranslations('connect')
  const { data: session } = useSession()
  const { leave } = useLeave()
  return (
    <dl className={classes.facts}>
      <dt>{t('site')}</dt>
      <dd>
        <Text component="span" fw={600}>
          {ask.site_url}
        </Text>
        <Text size="sm" c="dimmed">
          {question.site ? t('known', { name: question.site.name }) : t('added')}
        </Text>
      </dd>
      <dt>{t('account')}</dt>
      <dd>
        <AccountChoice />
      </dd>
      <dt>{t('you')}</dt>
      <dd>
        {session?.user.email}{' '}
        <Anchor component="button" type="button" size="sm" underline="always" onClick={leave}>
          {t('notYou')}
        </Anchor>
      </dd>
    </dl>
  )
}

/** The question, with what a yes imports. One click answers it. */
export function Consent({ ask, question }: { ask: Ask; question: ConnectQuestion }): ReactNode {
  const t = useTranslations('connect')
  const approve = useApproveConnect()
  const [choices, setChoices] = useState<Record<string, boolean>>({})
  const replaces = question.replaces?.integration_id ?? null
  const sayYes = () =>
    approve.mutate({ ask, replaces, choices }, { onSuccess: ({ redirect_url: redirectUrl }) => leaveFor(redirectUrl) })
  const isAsked = useRef(false)
  useEffect(() => {
    // the person has said yes in the app, and an administrator in wp-admin
    if (!question.consented || isAsked.current) return
    isAsked.current = true
    sayYes()
  })
  return (
    <Stack gap="lg">
      <Facts ask={ask} question={question} />
      {replaces !== null && (
        <Alert color="orange" variant="light" icon={<IconInfoCircle aria-hidden />}>
          {t('replaces')}
        </Alert>
      )}
      <TypeChoices types={ask.types} choices={choices} onChoose={setChoices} />
      <Text size="sm" c="dimmed">
        {t('later')}
      </Text>
      {approve.error && <ErrorState error={approve.error} />}
      <Group>
        <Button
          size="md"
          leftSection={<IconPlugConnected size={18} aria-hidden />}
          loading={approve.isPending || approve.isSuccess}
          onClick={sayYes}
        >
          {t('approve')}
        </Button>
        <Button component="a" href={question.cancel_url} variant="default" size="md">
          {t('cancel')}
        </Button>
      </Group>
      <Text component="output" size="sm" aria-live="polite">
        {approve.isSuccess && t('leaving')}
      </Text>
    </Stack>
  )
}
