import { IconHeartbeat, IconPlugConnected, IconShieldCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'
import { Logo } from '../../layout/logo.tsx'
import { AuthChoices } from './auth-choices.tsx'
import classes from './auth.module.css'

const ICON_PX = 20

function BrandPanel(): ReactNode {
  const t = useTranslations('auth.brand')
  const points = [
    [<IconShieldCheck key="icon" size={ICON_PX} aria-hidden />, t('pointSafe'), t('pointSafeText')],
    [<IconHeartbeat key="icon" size={ICON_PX} aria-hidden />, t('pointHonest'), t('pointHonestText')],
    [<IconPlugConnected key="icon" size={ICON_PX} aria-hidden />, t('pointAnywhere'), t('pointAnywhereText')],
  ] as const
  return (
    <aside className={classes.brand} aria-label="IGNY8">
      <div className={classes.brandName}>
        <Logo size={36} />
        IGNY8
      </div>
      <div>
        <p className={classes.claim}>{t('claim')}</p>
        <p className={classes.lead}>{t('text')}</p>
        <ul className={classes.points}>
          {points.map(([icon, title, text]) => (
            <li key={title} className={classes.point}>
              {icon}
              <div>
                <strong>{title}</strong>
                <p>{text}</p>
              </div>
            </li>
          ))}
        </ul>
      </div>
      <span />
    </aside>
  )
}

/** Layout of the pages for signed-out people: a form next to a short introduction. */
export function AuthLayout({
  title,
  description,
  children,
}: {
  title: string
  description?: ReactNode
  children: ReactNode
}): ReactNode {
  return (
    <div className={classes.frame}>
      <BrandPanel />
      <div className={classes.side}>
        <AuthChoices />
        <main className={classes.form} id="content">
          <Page title={title} description={description}>
            {children}
          </Page>
        </main>
      </div>
    </div>
  )
}
