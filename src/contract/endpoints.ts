import * as z from 'zod'
import { Activity, ActivityQuery, RunDetail } from './activity.ts'
import { AuditQuery, AuditRecord, AuditVerdict, AuditVerify } from './audit.ts'
import { BulkAnswer, BulkItem, BulkItemsQuery, BulkJob, BulkRequest } from './bulk.ts'
import { listOf, ListQuery, SiteId } from './common.ts'
import {
  ConnectApproval,
  ConnectApproved,
  ConnectAsk,
  ConnectLook,
  ConnectQuestion,
  ConnectStart,
  ConnectStarted,
  PluginLook,
} from './connect.ts'
import { ConnectionChangeAnswer, ConnectionChangeDecision } from './connection-changes.ts'
import { ContentTypes, ContentTypesUpdate } from './content-types.ts'
import { Item, ItemCreate, ItemDelete, ItemSummary, ItemUpdate, Resolution, SyncItemRequest } from './content.ts'
import { AccountDeletionRequest, Deletion, Deletions, PersonDeletionRequest } from './deletion.ts'
import { DoctorReport } from './doctor.ts'
import { ImportOptions, ImportRefusal, SiteImport } from './imports.ts'
import { ItemListQuery } from './item-list.ts'
import { Integration, IntegrationUpdate, TestResult } from './integrations.ts'
import * as me from './me.ts'
import {
  OperatorAccount,
  OperatorAccountQuery,
  OperatorOverview,
  OperatorSite,
  OperatorSiteQuery,
  Replay,
  ReplayRequest,
  Suspension,
  WakeRequest,
  WokenObject,
} from './operator-page.ts'
import { MailSubscription, UnsubscribeQuery } from './mail.ts'
import * as notifications from './notifications.ts'
import * as people from './people.ts'
import { Usage } from './quotas.ts'
import { SiteAuthor } from './structure.ts'
import { ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyRotate, Site, SiteCreate, SiteUpdate } from './sites.ts'
import { Term, TermQuery } from './terms.ts'
import { DebugStatus, EventFilter, Run, SyncEvent, SyncRequest, SyncState } from './sync.ts'
import { PastVersion, VersionEntry, VersionRestore } from './versions.ts'

/** Schemas of one endpoint; `answer` is null where the API answers 204. */
interface EndpointSchemas {
  query?: z.ZodType
  body?: z.ZodType
  answer: z.ZodType | null
}

/**
 * The endpoints that the web app calls, as `METHOD /path` below `API_PREFIX`. The app's client derives its types from this
 * table, and test/contract/endpoints.test.ts compares the table with the routes.
 */
export const ENDPOINTS = {
  'POST /auth/sign-up/email': { body: people.SignUp, answer: people.SignedIn },
  'POST /auth/sign-in/email': { body: people.SignIn, answer: people.SignInAnswer },
  'POST /auth/sign-in/second-step': { body: me.SecondStepCode, answer: people.SignedIn },
  'POST /auth/sign-in/passkey/options': { answer: me.PasskeyOptions },
  'POST /auth/sign-in/passkey': { body: me.PasskeySignIn, answer: people.SignedIn },
  'POST /auth/verify-email': { body: me.EmailVerification, answer: me.VerifiedEmail },
  'POST /auth/forgot-password': { body: me.ForgotPassword, answer: null },
  'POST /auth/reset-password': { body: me.ResetPassword, answer: null },
  'POST /auth/sign-in/demo': { answer: people.SignedIn },
  'POST /auth/sign-out': { answer: null },
  'GET /auth/options': { answer: people.AuthOptions },
  'GET /auth/get-session': { answer: people.Session },

  'GET /me': { answer: me.Profile },
  'PATCH /me': { body: me.ProfileUpdate, answer: me.Profile },
  'POST /me/confirm': { body: me.PasswordConfirmation, answer: me.Confirmed },
  'POST /me/password': { body: me.PasswordChange, answer: people.SignedIn },
  'POST /me/email': { body: me.EmailChange, answer: null },
  'DELETE /me/email/change': { answer: null },
  'POST /me/email/resend-verification': { answer: null },
  'GET /me/sessions': { answer: listOf(me.SessionInfo) },
  'DELETE /me/sessions': { answer: null },
  'DELETE /me/sessions/{session_id}': { answer: null },
  'POST /me/totp': { body: me.PasswordConfirmation, answer: me.TotpSetup },
  'POST /me/totp/confirm': { body: me.TotpCode, answer: people.SignedIn },
  'POST /me/totp/remove': { body: me.PasswordConfirmation, answer: people.SignedIn },
  'POST /me/totp/recovery-codes': { body: me.PasswordConfirmation, answer: me.RecoveryCodes },
  'GET /me/passkeys': { answer: listOf(me.Passkey) },
  'POST /me/passkeys/options': { answer: me.PasskeyOptions },
  'POST /me/passkeys': { body: me.PasskeyCreate, answer: me.Passkey },
  'PATCH /me/passkeys/{passkey_id}': { body: me.PasskeyUpdate, answer: me.Passkey },
  'DELETE /me/passkeys/{passkey_id}': { answer: null },
  'GET /account': { answer: people.AccountSettings },
  'POST /account': { body: people.AccountCreate, answer: people.Account },
  'PATCH /account': { body: people.AccountUpdate, answer: people.AccountSettings },
  'GET /usage': { answer: Usage },
  'GET /deletions': { answer: Deletions },
  'POST /account/deletion': { body: AccountDeletionRequest, answer: Deletion },
  'DELETE /account/deletion': { answer: null },
  'POST /me/deletion': { body: PersonDeletionRequest, answer: Deletion },
  'DELETE /me/deletion': { answer: null },

  'GET /members': { query: ListQuery, answer: listOf(people.Member) },
  'PATCH /members/{user_id}': { body: people.MemberUpdate, answer: people.Member },
  'DELETE /members/{user_id}': { answer: null },
  'GET /members/invitations': { query: ListQuery, answer: listOf(people.Invitation) },
  'POST /members/invitations': { body: people.InvitationCreate, answer: people.InvitationSent },
  'POST /members/invitations/{invitation_id}/resend': { answer: people.InvitationSent },
  'DELETE /members/invitations/{invitation_id}': { answer: null },
  'POST /members/invitations/accept': { body: people.InvitationAccept, answer: people.Account },

  'GET /mail/subscription': { query: UnsubscribeQuery, answer: MailSubscription },
  'POST /mail/unsubscribe': { query: UnsubscribeQuery, answer: null },
  'POST /mail/resubscribe': { query: UnsubscribeQuery, answer: null },

  'GET /sites': { query: ListQuery, answer: listOf(Site) },
  'POST /sites': { body: SiteCreate, answer: Site },
  'GET /sites/{site_id}': { answer: Site },
  'PATCH /sites/{site_id}': { body: SiteUpdate, answer: Site },
  'DELETE /sites/{site_id}': { answer: null },
  'GET /sites/{site_id}/api-keys': { query: ListQuery, answer: listOf(ApiKey) },
  'POST /sites/{site_id}/api-keys': { body: ApiKeyCreate, answer: ApiKeyCreated },
  'POST /sites/{site_id}/api-keys/{key_id}/rotate': { body: ApiKeyRotate, answer: ApiKeyCreated },
  'DELETE /sites/{site_id}/api-keys/{key_id}': { answer: null },

  'POST /sites/{site_id}/import': { body: ImportOptions, answer: SiteImport },
  'GET /sites/{site_id}/import': { answer: SiteImport },
  'DELETE /sites/{site_id}/import': { answer: null },
  'POST /sites/{site_id}/import/{import_id}/apply': { answer: SiteImport },
  'GET /sites/{site_id}/import/refusals': { query: ListQuery, answer: listOf(ImportRefusal) },

  'GET /sites/{site_id}/content': { query: ItemListQuery, answer: listOf(ItemSummary) },
  'POST /sites/{site_id}/content': { body: ItemCreate, answer: Item },
  'GET /sites/{site_id}/content/{item_id}': { answer: Item },
  'PATCH /sites/{site_id}/content/{item_id}': { body: ItemUpdate, answer: Item },
  'DELETE /sites/{site_id}/content/{item_id}': { query: ItemDelete, answer: null },
  'POST /sites/{site_id}/content/{item_id}/restore': { answer: Item },
  'POST /sites/{site_id}/content/{item_id}/resolve': { body: Resolution, answer: Item },
  'POST /sites/{site_id}/content/{item_id}/undo': { answer: Item },
  'POST /sites/{site_id}/content/{item_id}/retry': { answer: Item },
  'GET /sites/{site_id}/content/{item_id}/versions': { query: ListQuery, answer: listOf(VersionEntry) },
  'GET /sites/{site_id}/content/{item_id}/versions/{version_id}': { answer: PastVersion },
  'POST /sites/{site_id}/content/{item_id}/versions/{version_id}/restore': { body: VersionRestore, answer: Item },
  'GET /sites/{site_id}/terms': { query: TermQuery, answer: listOf(Term) },

  'POST /sites/{site_id}/bulk': { body: BulkRequest, answer: BulkAnswer },
  'GET /sites/{site_id}/bulk': { query: ListQuery, answer: listOf(BulkJob) },
  'GET /sites/{site_id}/bulk/{bulk_id}': { answer: BulkJob },
  'GET /sites/{site_id}/bulk/{bulk_id}/items': { query: BulkItemsQuery, answer: listOf(BulkItem) },
  'POST /sites/{site_id}/bulk/{bulk_id}/undo': { answer: BulkJob },
  'POST /sites/{site_id}/bulk/{bulk_id}/retry': { answer: BulkJob },

  'GET /integration/integrations': {
    query: z.lazy(() => ListQuery.unwrap().extend({ site_id: SiteId.optional() })),
    answer: listOf(Integration),
  },
  'GET /integration/integrations/{integration_id}': { answer: Integration },
  'PATCH /integration/integrations/{integration_id}': { body: IntegrationUpdate, answer: Integration },
  'DELETE /integration/integrations/{integration_id}': { answer: null },
  'POST /integration/integrations/{integration_id}/test-connection': { answer: TestResult },
  'GET /integration/integrations/{integration_id}/connection-change': { answer: ConnectionChangeAnswer },
  'POST /integration/integrations/{integration_id}/connection-change/confirm': {
    body: ConnectionChangeDecision,
    answer: TestResult,
  },
  'POST /integration/integrations/{integration_id}/connection-change/refuse': {
    body: ConnectionChangeDecision,
    answer: null,
  },
  'POST /integration/integrations/{integration_id}/doctor': { answer: DoctorReport },
  'GET /integration/integrations/{integration_id}/debug-status': { answer: DebugStatus },
  'GET /integration/integrations/{integration_id}/authors': { answer: listOf(SiteAuthor) },
  'GET /integration/integrations/{integration_id}/content-types': { answer: ContentTypes },
  'PATCH /integration/integrations/{integration_id}/content-types': { body: ContentTypesUpdate, answer: ContentTypes },
  'POST /integration/integrations/{integration_id}/sync': { body: SyncRequest, answer: Run },
  'GET /integration/integrations/{integration_id}/sync-status': { answer: SyncState },
  'POST /integration/integrations/{integration_id}/sync-wordpress-content': { body: SyncItemRequest, answer: Item },
  'GET /integration/integrations/{integration_id}/runs': { query: ListQuery, answer: listOf(Run) },
  'GET /integration/integrations/{integration_id}/runs/{run_id}': { answer: RunDetail },
  'POST /integration/integrations/{integration_id}/runs/{run_id}/cancel': { answer: Run },
  'GET /integration/integrations/{integration_id}/events': {
    query: z.lazy(() => ListQuery.unwrap().extend(EventFilter.unwrap().shape)),
    answer: listOf(SyncEvent),
  },
  'GET /integration/integrations/{integration_id}/activity': { query: ActivityQuery, answer: Activity },

  'POST /connect/look': { body: ConnectLook, answer: PluginLook },
  'POST /connect/start': { body: ConnectStart, answer: ConnectStarted },
  'POST /connect/question': { body: ConnectAsk, answer: ConnectQuestion },
  'POST /connect/approve': { body: ConnectApproval, answer: ConnectApproved },

  'GET /notifications/endpoints': { query: ListQuery, answer: listOf(notifications.Endpoint) },
  'POST /notifications/endpoints': { body: notifications.EndpointCreate, answer: notifications.EndpointCreated },
  'PATCH /notifications/endpoints/{endpoint_id}': {
    body: notifications.EndpointUpdate,
    answer: notifications.Endpoint,
  },
  'DELETE /notifications/endpoints/{endpoint_id}': { answer: null },
  'POST /notifications/endpoints/{endpoint_id}/rotate-secret': {
    body: notifications.SecretRotate,
    answer: notifications.EndpointCreated,
  },
  'POST /notifications/endpoints/{endpoint_id}/test': { answer: notifications.EndpointTest },
  'GET /notifications/deliveries': {
    query: z.lazy(() => ListQuery.unwrap().extend(notifications.DeliveryFilter.unwrap().shape)),
    answer: listOf(notifications.Delivery),
  },
  'POST /notifications/deliveries/{delivery_id}/redeliver': { answer: notifications.Delivery },
  'GET /notifications/preferences': { answer: notifications.Preferences },
  'PUT /notifications/preferences': { body: notifications.PreferencesUpdate, answer: notifications.Preferences },

  'GET /operator/overview': { answer: OperatorOverview },
  'GET /operator/sites': { query: OperatorSiteQuery, answer: listOf(OperatorSite) },
  'GET /operator/accounts': { query: OperatorAccountQuery, answer: listOf(OperatorAccount) },
  'POST /operator/accounts/{account_id}/suspend': { body: Suspension, answer: OperatorAccount },
  'POST /operator/accounts/{account_id}/lift-suspension': { body: Suspension, answer: OperatorAccount },
  'POST /operator/sites/{site_id}/wake-object': { body: WakeRequest, answer: WokenObject },
  'POST /operator/replays': { body: ReplayRequest, answer: Replay },
  'GET /operator/audit': { query: AuditQuery, answer: listOf(AuditRecord) },

  'GET /audit': { query: AuditQuery, answer: listOf(AuditRecord) },
  'POST /audit/verify': { body: AuditVerify, answer: AuditVerdict },
} as const satisfies Record<string, EndpointSchemas>

export type Endpoints = typeof ENDPOINTS
