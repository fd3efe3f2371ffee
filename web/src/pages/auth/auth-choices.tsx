import { NativeSelect, useMantineColorScheme } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useLocaleChoice } from '../../app/locale.tsx'
import { type Locale, LOCALES } from '../../i18n/index.ts'
import { Logo } from '../../layout/logo.tsx'
import classes from './auth.module.css'

const SCHEMES = ['auto', 'light', 'dark'] as const

/** Language and appearance for people who are not signed in. */
export function AuthChoices(): ReactNode {
  const t = useTranslations('shell')
  const { locale, choose } = useLocaleChoice()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const schemeNames = { auto: t('system'), light: t('light'), dark: t('dark') }
  return (
    <header className={classes.choices}>
      <span className={classes.smallBrand}>
        <Logo />
      </span>
      <NativeSelect
        size="xs"
        aria-label={t('language')}
        value={locale}
        onChange={(event) => choose(event.currentTarget.value as Locale)}
        data={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
      />
      <NativeSelect
        size="xs"
        aria-label={t('scheme')}
        value={colorScheme}
        onChange={(event) => setColorScheme(event.currentTarget.value as (typeof SCHEMES)[number])}
        data={SCHEMES.map((value) => ({ value, label: schemeNames[value] }))}
      />
    </header>
  )
}
