// The contract's types under the names that the app uses. Imports are of types alone, which keeps zod out of the page.
import type { ConnectAsk as ConnectAskInput } from '../../../src/contract/connect.ts'
import type { ItemUpdate as ItemUpdateInput } from '../../../src/contract/content.ts'
import type { VersionRestore as VersionRestoreInput } from '../../../src/contract/versions.ts'

export type { Activity, ActivityDay, RunDetail, RunStep } from '../../../src/contract/activity.ts'
export type { ConnectApproved, ConnectQuestion, ConnectStarted, PluginLook } from '../../../src/contract/connect.ts'
export type { BulkAction, BulkItem, BulkJob, BulkPlan, BulkSelection } from '../../../src/contract/bulk.ts'
export type { ItemSort } from '../../../src/contract/item-list.ts'
export type { ConnectionChangeAnswer, PendingConnectionChange } from '../../../src/contract/connection-changes.ts'
export type { AuditAction, AuditRecord, AuditVerdict } from '../../../src/contract/audit.ts'
export type { Deletion, Deletions } from '../../../src/contract/deletion.ts'
export type { ContentTypes, ContentTypesUpdate } from '../../../src/contract/content-types.ts'
export type {
  Item,
  ItemCreate,
  ItemState,
  ItemSummary,
  ItemVersion,
  Resolution,
} from '../../../src/contract/content.ts'
export type { DoctorReport, Finding } from '../../../src/contract/doctor.ts'
export type { Problem } from '../../../src/contract/errors.ts'
export type { EvidenceStep } from '../../../src/contract/evidence.ts'
export type { Connection, Health } from '../../../src/contract/health.ts'
export type { ImportCode, ImportOptions, ImportRefusal, SiteImport } from '../../../src/contract/imports.ts'
export type { Integration, IntegrationUpdate, TestResult } from '../../../src/contract/integrations.ts'
export type { MailSubscription } from '../../../src/contract/mail.ts'
export type { LiveMessage } from '../../../src/contract/live.ts'
export type {
  Delivery,
  DeliveryError,
  Endpoint,
  EndpointCreated,
  EndpointTest,
  EndpointUpdate,
  Preferences as NotificationPreferences,
} from '../../../src/contract/notifications.ts'
export type { Passkey, Profile, SecondStepCode, SessionInfo, TotpSetup } from '../../../src/contract/me.ts'
export type {
  Account,
  AccountSettings,
  AccountUpdate,
  AuthOptions,
  Invitation,
  InvitationSent,
  Member,
  Role,
  Session,
  User,
  SignedIn,
  SignIn,
  SignInAnswer,
  SignUp,
} from '../../../src/contract/people.ts'
export type {
  OperatorAccount,
  OperatorOverview,
  OperatorSite,
  Replay,
  ReplayRequest,
  WokenObject,
} from '../../../src/contract/operator-page.ts'
export type { Usage } from '../../../src/contract/quotas.ts'
export type {
  ApiKey,
  ApiKeyCreate,
  ApiKeyCreated,
  Scope,
  Site,
  SiteCreate,
  SiteUpdate,
} from '../../../src/contract/sites.ts'
export type { SiteAuthor } from '../../../src/contract/structure.ts'
export type { DebugStatus, Direction, Run, SyncEvent, SyncState } from '../../../src/contract/sync.ts'
export type { Term } from '../../../src/contract/terms.ts'
export type { PastVersion, VersionEntry } from '../../../src/contract/versions.ts'

/** A body as JSON has it, without undefined: a field is there with its value, or left out. */
type Sent<Body> = { [Field in keyof Body]: Exclude<Body[Field], undefined> }

/** What a plugin asks for through the browser. */
export type ConnectAsk = Sent<ConnectAskInput>

/** Fields to change. */
export type ItemUpdate = Sent<ItemUpdateInput>

/** What to restore of a version. */
export type VersionRestore = Sent<VersionRestoreInput>
