import {
  type MantineColorScheme,
  Menu,
  SegmentedControl,
  Stack,
  Text,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core'
import { IconCheck, IconGauge, IconHeartbeat, IconHistory, IconLogout, IconUserCog } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useId } from 'react'
import { useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import { chosenAccount } from '../api/chosen-account.ts'
import type { Session } from '../api/types.ts'
import { useLocaleChoice } from '../app/locale.tsx'
import { type Locale, LOCALES } from '../i18n/index.ts'
import { useMay } from '../queries/session.ts'
import { useLeave } from './use-leave.ts'
import classes from './layout.module.css'

interface ChoiceProps<Value extends string> {
  label: string
  value: Value
  options: { value: Value; label: string }[]
  onChoose: (value: Value) => void
}

function Choice<Value extends string>({ label, value, options, onChoose }: ChoiceProps<Value>): ReactNode {
  const id = useId()
  return (
    <Stack gap={4} px="sm" py={6}>
      <Text size="xs" c="dimmed" id={id}>
        {label}
      </Text>
      <SegmentedControl size="xs" aria-labelledby={id} value={value} onChange={onChoose} data={options} />
    </Stack>
  )
}

function SchemeChoice(): ReactNode {
  const t = useTranslations('shell')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const options: { value: MantineColorScheme; label: string }[] = [
    { value: 'light', label: t('light') },
    { value: 'dark', label: t('dark') },
    { value: 'auto', label: t('system') },
  ]
  return <Choice label={t('scheme')} value={colorScheme} options={options} onChoose={setColorScheme} />
}

function LanguageChoice(): ReactNode {
  const t = useTranslations('shell')
  const { locale, choose } = useLocaleChoice()
  const options = (Object.entries(LOCALES) as [Locale, string][]).map(([value, label]) => ({ value, label }))
  return <Choice label={t('language')} value={locale} options={options} onChoose={choose} />
}

/** The account menu: account, appearance, language, sign out. */
export default function AccountMenu({ session, initials }: { session: Session; initials: string }): ReactNode {
  const t = useTranslations('shell')
  const { leave } = useLeave()
  const mayManage = useMay('admin')
  const queryClient = useQueryClient()
  const [, navigate] = useLocation()
  const switchTo = (id: string) => {
    chosenAccount.set(id)
    queryClient.clear()
    navigate('/sites')
  }
  return (
    <Menu width={260} position="bottom-end" defaultOpened>
      <Menu.Target>
        <button type="button" className={classes.person}>
          {initials}
          <VisuallyHidden>{t('menu', { name: session.user.name })}</VisuallyHidden>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {t('signedInAs')} {session.user.email}
        </Menu.Label>
        {session.accounts.map(({ id, name }) => (
          <Menu.Item
            key={id}
            leftSection={
              <IconCheck size={16} aria-hidden visibility={id === session.account.id ? 'visible' : 'hidden'} />
            }
            disabled={id === session.account.id}
            onClick={() => switchTo(id)}
          >
            {id === session.account.id ? name : t('switchAccount', { name })}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconUserCog size={16} aria-hidden />} onClick={() => navigate('/account')}>
          {t('yourAccount')}
        </Menu.Item>
        {mayManage && (
          <Menu.Item leftSection={<IconGauge size={16} aria-hidden />} onClick={() => navigate('/usage')}>
            {t('usage')}
          </Menu.Item>
        )}
        {session.account.role === 'owner' && (
          <Menu.Item leftSection={<IconHistory size={16} aria-hidden />} onClick={() => navigate('/audit')}>
            {t('auditLog')}
          </Menu.Item>
        )}
        {session.is_operator && (
          <Menu.Item leftSection={<IconHeartbeat size={16} aria-hidden />} onClick={() => navigate('/operator')}>
            {t('operation')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <SchemeChoice />
        <LanguageChoice />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={leave}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
