import type { ReactNode } from 'react'
import type { Profile } from '../../api/types.ts'
import { PasskeysPanel } from './passkeys-panel.tsx'
import { RequirePanel } from './require-panel.tsx'
import { SessionsPanel } from './sessions-panel.tsx'
import { TotpPanel } from './totp-panel.tsx'

/** Second factors, sessions, and what the account requires of everybody. */
export default function Factors({ profile, mayRequire }: { profile: Profile; mayRequire: boolean }): ReactNode {
  return (
    <>
      <TotpPanel profile={profile} />
      <PasskeysPanel />
      <SessionsPanel />
      {mayRequire && <RequirePanel />}
    </>
  )
}
