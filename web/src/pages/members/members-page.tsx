import { Skeleton, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Member, Session } from '../../api/types.ts'
import { ListTable } from '../../components/list-table.tsx'
import { MoreButton } from '../../components/more-button.tsx'
import { Page } from '../../components/page.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useMembers } from '../../queries/members.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useMay, useSession } from '../../queries/session.ts'
import { InvitePanel } from './invite-panel.tsx'
import { MemberRow } from './member-row.tsx'

interface MembersTableProps {
  members: Member[]
  session: Session
  /** Whether all members are loaded. */
  isWhole: boolean
}

function MembersTable({ members, session, isWhole }: MembersTableProps): ReactNode {
  const t = useTranslations('members')
  const ruler = useMay('admin') ? session.account.role : null
  const owners = members.filter(({ role }) => role === 'owner')
  return (
    <div className="panel">
      <ListTable
        caption={t('title')}
        columns={[t('person'), t('role'), t('since')]}
        actions={ruler === null ? null : t('actions')}
      >
        {members.map((member) => (
          <MemberRow
            key={member.user_id}
            member={member}
            ruler={ruler}
            isOneself={member.user_id === session.user.id}
            isLastOwner={isWhole && owners.length === 1 && member.role === 'owner'}
          />
        ))}
      </ListTable>
    </div>
  )
}

export default function MembersPage(): ReactNode {
  const t = useTranslations('members')
  const { data: session } = useSession()
  const mayChange = useMay('admin')
  const query = useMembers()
  const members = entriesOf(query.data)
  return (
    <Page title={t('title')} description={t('description', { account: session?.account.name ?? '' })}>
      <Stack gap="lg">
        {mayChange && <InvitePanel />}
        {query.isPending && <Skeleton height={180} radius="lg" />}
        {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.data && session && <MembersTable members={members} session={session} isWhole={!query.hasNextPage} />}
        <MoreButton
          hasNextPage={query.hasNextPage}
          isFetchingNextPage={query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
        />
        {!mayChange && (
          <Text size="sm" c="dimmed">
            {t('readOnly')}
          </Text>
        )}
      </Stack>
    </Page>
  )
}
