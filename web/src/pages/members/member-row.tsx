import { Badge, Group, NativeSelect, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Member, Role } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyDone, notifyFailure } from '../../components/notify.ts'
import { useChangeRole, useRemoveMember } from '../../queries/members.ts'

const ROLES: Role[] = ['viewer', 'editor', 'admin', 'owner']

interface MemberRowProps {
  member: Member
  /** Role of the signed-in person; null if they may change nobody. */
  ruler: Role | null
  isOneself: boolean
  isLastOwner: boolean
}

/** Why the signed-in person can't change this role; null if they can. */
function useObstacle({ member, ruler, isOneself, isLastOwner }: MemberRowProps): string | null {
  const t = useTranslations('members')
  if (ruler === null) return ''
  if (isOneself) return isLastOwner ? t('lastOwner') : t('ownRole')
  return ROLES.indexOf(member.role) > ROLES.indexOf(ruler) ? t('aboveYou') : null
}

function RoleChoice({ member, ruler }: { member: Member; ruler: Role }): ReactNode {
  const t = useTranslations('members')
  const c = useTranslations('common')
  const change = useChangeRole()
  const choose = (role: Role) =>
    change.mutate(
      { userId: member.user_id, role },
      {
        onSuccess: () => void notifyDone(t('changed', { name: member.name, role: c(`role.${role}`) })),
        onError: (error) => void notifyFailure(t('notChanged'), error),
      },
    )
  return (
    <NativeSelect
      size="sm"
      w={170}
      aria-label={t('roleOf', { name: member.name })}
      // shown at once, and reset if refused
      value={change.isPending ? change.variables.role : member.role}
      disabled={change.isPending}
      onChange={(event) => choose(event.currentTarget.value as Role)}
      data={ROLES.slice(0, ROLES.indexOf(ruler) + 1).map((value) => ({ value, label: c(`role.${value}`) }))}
    />
  )
}

function Removal({ member }: { member: Member }): ReactNode {
  const t = useTranslations('members')
  const removal = useRemoveMember()
  const { name, email } = member
  const remove = async () => {
    await removal.mutateAsync(member.user_id)
    await notifyDone(t('removed', { name }))
  }
  return (
    <Group justify="flex-end">
      <ConfirmButton
        size="xs"
        label={t('remove')}
        title={t('removeTitle', { name })}
        text={t('removeText', { name, email })}
        confirmLabel={t('remove')}
        isDangerous
        onConfirm={remove}
        isPending={removal.isPending}
        error={removal.error}
      />
    </Group>
  )
}

function Person({ member, isOneself }: Pick<MemberRowProps, 'member' | 'isOneself'>): ReactNode {
  const t = useTranslations('members')
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {member.name}
        </Text>
        {isOneself && (
          <Badge variant="default" size="sm" tt="none">
            {t('you')}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {member.email}
      </Text>
    </Stack>
  )
}

/** One member with their role and actions. */
export function MemberRow(props: MemberRowProps): ReactNode {
  const { member, ruler, isOneself } = props
  const t = useTranslations('members')
  const c = useTranslations('common')
  const format = useFormatter()
  const obstacle = useObstacle(props)
  return (
    <tr data-member={member.email}>
      <td>
        <Person member={member} isOneself={isOneself} />
      </td>
      <td data-label={t('role')}>
        {ruler !== null && obstacle === null ? (
          <RoleChoice member={member} ruler={ruler} />
        ) : (
          <Stack gap={2}>
            <Text size="sm">{c(`role.${member.role}`)}</Text>
            <Text size="xs" c="dimmed">
              {obstacle || t(`may.${member.role}`)}
            </Text>
          </Stack>
        )}
      </td>
      <td data-label={t('since')}>{format.dateTime(new Date(member.created_at), { dateStyle: 'medium' })}</td>
      {ruler !== null && <td>{obstacle === null && <Removal member={member} />}</td>}
    </tr>
  )
}
