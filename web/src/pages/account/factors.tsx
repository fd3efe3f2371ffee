import type { ReactNode } from 'react'
import type { Account, Profile } from '../../api/types.ts'
import { LeavePanels } from './leave-panels.tsx'
import { PasskeysPanel } from './passkeys-panel.tsx'
import { RequirePanel } from './require-panel.tsx'
import { SessionsPanel } from './sessions-panel.tsx'
import { TotpPanel } from './totp-panel.tsx'

/** Second factors, sessions, what the account requires of everybody, and leaving. @param owned the account, for its owners */
export default function Factors({ profile, owned }: { profile: Profile; owned: Account | null }): ReactNode {
  return (
    <>
      <TotpPanel profile={profile} />
      <PasskeysPanel />
      <SessionsPanel />
      {owned && <RequirePanel />}
      <LeavePanels email={profile.user.email} account={owned} />
    </>
  )
}
