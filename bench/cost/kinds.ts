/**
 * The kinds of work that the deployment does, how often each is done in a month, and what of the code each stands for.
 * test/tooling/cost.test.ts fails if a route, a method of the object, a job of the cron or a direction of a run belongs
 * to none.
 */
import { IDLE_INTERVAL_S, POLL_INTERVAL_S, QUIET_INTERVAL_S } from '../../src/contract/polling.ts'
import type { RunDirection } from '../../src/contract/sync.ts'
import { checkDelayMs } from '../../src/lib/connection.ts'
import { ACTIVE_TTL_S } from '../../src/services/api-keys/store.ts'
import { WATCH_MS } from '../../src/services/live/index.ts'
import { SIZES_EVERY_MS } from '../../src/services/shards/sizes.ts'
import { DRIFT_CHECK_INTERVAL_MS } from '../../src/site/drift/plan.ts'
import type { Task } from '../../src/site/replica/tables/schedule.ts'
import { AWAKE_MS } from '../../src/site/replica/tables/transport.ts'
import type { SiteRpc } from '../../src/site/rpc.ts'
import * as assumed from './assumptions.ts'
import type { Scenario } from './assumptions.ts'

export interface Rates extends Scenario {
  ticksAMonth: number
  /** Rows that a month adds to tables with a retention; in the long run as many are deleted. */
  rowsToPrune: number
}

/** Which part of the code a kind stands for; each belongs to one kind alone. */
interface Scope {
  /** Operation ids of routes. */
  routes?: readonly string[]
  /** Paths that are not in the list of routes. */
  paths?: readonly string[]
  /** Methods of the object. */
  methods?: readonly (keyof SiteRpc)[]
  /** What the object's alarm does. */
  runs?: readonly RunDirection[]
  tasks?: readonly Task[]
  /** Jobs of the cron, by the name they are logged with. */
  jobs?: readonly string[]
}

export interface Kind extends Scope {
  /** Called: the API calls the site. Polling: the site polls. */
  title: string
  /** How often in a month, in the whole deployment. */
  perMonth(rates: Rates): number
}

const { DAYS_A_MONTH, DAY_MS, MONTH_MS, TICK_MS } = assumed
const called = ({ sites, polling }: Scenario) => sites * (1 - polling)
const polled = ({ sites, polling }: Scenario) => sites * polling
const perMonth = (intervalMs: number) => MONTH_MS / intervalMs
/** Checks of a site that is well; half of the jitter is the average. */
const CHECKS = perMonth(checkDelayMs(0, 0.5))
const editsThere = ({ edits }: Scenario) => edits * DAYS_A_MONTH * (1 - assumed.SHARE_OF_EDITS_HERE)
const editsHere = ({ edits }: Scenario) => edits * DAYS_A_MONTH * assumed.SHARE_OF_EDITS_HERE
const visits = ({ sites }: Scenario) => sites * assumed.VISITS_A_DAY * DAYS_A_MONTH
const accounts = ({ sites }: Scenario) => sites / assumed.SITES_AN_ACCOUNT
const syncs = assumed.SYNCS_A_DAY * DAYS_A_MONTH

/** Polls of a site: often while somebody uses it, and for a while after; each visit and each edit here begins that anew. */
function pollsOf(rates: Scenario): number {
  const usedMs = visits({ ...rates, sites: 1 }) * (assumed.VISIT_MS + AWAKE_MS) + editsHere(rates) * AWAKE_MS
  const awakeMs = Math.min(MONTH_MS, usedMs)
  return awakeMs / (POLL_INTERVAL_S * 1000) + (MONTH_MS - awakeMs) / (QUIET_INTERVAL_S * 1000)
}

/** Names in a text of several lines. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const ITEM_WRITES = [
  'createItem',
  'updateItem',
  'deleteItem',
  'restoreItem',
  'resolveItem',
  'undoResolution',
  'retryItem',
  'restoreVersion',
  'changeItems',
  'undoBulkJob',
  'retryBulkJob',
]

export const KINDS = {
  'idle-poll': {
    title: 'poll that brings nothing',
    perMonth: (rates) => polled(rates) * pollsOf(rates),
    routes: ['poll'],
    methods: ['poll'],
  },
  'standby-poll': {
    title: 'poll of a site that is called',
    perMonth: (rates) => called(rates) * perMonth(IDLE_INTERVAL_S * 1000),
  },
  'health-check': {
    title: 'health check, called',
    perMonth: (rates) => called(rates) * CHECKS,
    methods: ['check', 'scheduleCheck'],
    tasks: ['health'],
  },
  'health-check-polling': {
    title: 'health check, polling and refusing calls',
    perMonth: (rates) => polled(rates) * CHECKS,
  },
  'drift-check': {
    title: 'drift check, called',
    perMonth: (rates) => called(rates) * perMonth(DRIFT_CHECK_INTERVAL_MS),
    routes: ['startDriftCheck'],
    runs: ['drift_check'],
  },
  'drift-check-polling': {
    title: 'drift check, polling',
    perMonth: (rates) => polled(rates) * perMonth(DRIFT_CHECK_INTERVAL_MS),
  },
  'edit-there': {
    title: 'edit in WordPress until D1 has it, called',
    perMonth: (rates) => called(rates) * editsThere(rates),
    routes: ['receiveStatusWebhook', 'receiveMetadataWebhook'],
    methods: ['receiveWebhook'],
  },
  'edit-there-polling': {
    title: 'edit in WordPress until D1 has it, polling',
    perMonth: (rates) => polled(rates) * editsThere(rates),
  },
  'webhook-unchanged': {
    title: 'webhook without a change, called',
    perMonth: (rates) => called(rates) * editsThere(rates) * assumed.REPEATED_WEBHOOKS,
  },
  'webhook-unchanged-polling': {
    title: 'webhook without a change, polling',
    perMonth: (rates) => polled(rates) * editsThere(rates) * assumed.REPEATED_WEBHOOKS,
  },
  'edit-here': {
    title: 'edit in IGNY8 until the site has it, called',
    perMonth: (rates) => called(rates) * editsHere(rates),
    routes: ITEM_WRITES,
    methods: words(`
      createItem updateItem moveItem resolveItem undoItem retryItem restoreVersion enqueueChange planBulk startBulk undoBulk
      retryBulk
    `) as readonly (keyof SiteRpc)[],
    runs: ['to_external'],
  },
  'edit-here-polling': {
    title: 'edit in IGNY8 until the site has it, polling',
    perMonth: (rates) => polled(rates) * editsHere(rates),
  },
  'sync-unchanged': {
    title: 'Sync now without a change, called',
    perMonth: (rates) => called(rates) * syncs,
    routes: ['startSync', 'syncItem', 'cancelRun'],
    methods: ['enqueue', 'syncItem', 'cancelRun'],
    runs: ['both', 'from_external', 'metadata'],
  },
  'sync-unchanged-polling': {
    title: 'Sync now without a change, polling',
    perMonth: (rates) => polled(rates) * syncs,
  },
  'structure-push': {
    title: 'daily push of the structure',
    perMonth: ({ sites }) => sites * perMonth(DAY_MS),
    routes: ['updateStructure'],
    methods: ['storeStructure'],
  },
  'key-copy': {
    title: 'copy of an API key to KV',
    perMonth: ({ sites }) => sites * perMonth(ACTIVE_TTL_S * 1000),
  },
  visit: {
    title: 'visit of the app',
    perMonth: visits,
    routes: words(`
      getSession listDeletions listSites listIntegrations getSite getIntegration getSyncStatus listItems
      listBulkJobs getBulkJob listBulkItems getItem listVersions getVersion listAuthors listTerms listRuns getRun getActivity listEvents
    `),
    methods: [
      'runs',
      'listRuns',
      'getRun',
      'listItems',
      'getItem',
      'listVersions',
      'getVersion',
      'listTerms',
      'findItems',
      'getBulk',
      'listBulk',
      'listBulkItems',
    ],
  },
  'live-session': {
    title: 'live connection, ten minutes',
    perMonth: (rates) => visits(rates) * Math.ceil(assumed.VISIT_MS / WATCH_MS),
    routes: ['watchIntegration'],
    methods: ['fetch', 'publish'],
  },
  'app-file': {
    title: 'file of the app',
    perMonth: (rates) =>
      visits(rates) * assumed.APP_FILES * Math.min(1, assumed.RELEASES_A_MONTH / (assumed.VISITS_A_DAY * DAYS_A_MONTH)),
    paths: ['ASSETS_PATH', 'PLUGIN_PATH', 'docsRoutes', 'mailSinkRoutes'],
  },
  'api-read': {
    title: 'content types read by key',
    perMonth: ({ sites }) => sites * assumed.API_READS_A_DAY * DAYS_A_MONTH,
    routes: ['getContentTypes'],
    methods: ['authorizeKey'],
  },
  settings: {
    title: 'change of a setting',
    perMonth: ({ sites }) => sites * assumed.SETTINGS_A_MONTH,
    routes: words(`
      updateContentTypes updateIntegration deleteIntegration testIntegration diagnoseIntegration
      getDebugStatus listApiKeys createApiKey rotateApiKey revokeApiKey updateSite moveIntegration
      startConnect lookForPlugin describeConnectRequest askToConnect approveConnect exchangeConnectCode getConnectionChange confirmConnectionChange refuseConnectionChange listMembers createInvitation
      listInvitations acceptInvitation resendInvitation withdrawInvitation updateMember removeMember
      getAccount createAccount updateAccount scheduleAccountDeletion cancelAccountDeletion
      schedulePersonDeletion cancelPersonDeletion listAudit exportAudit verifyAudit getUsage exportAccount
      exportPerson listEndpoints createEndpoint getEndpoint updateEndpoint deleteEndpoint
      rotateEndpointSecret testEndpoint listDeliveries redeliver getNotificationPreferences
      updateNotificationPreferences getProfile updateProfile confirmPassword changePassword
      resendVerification changeEmail cancelEmailChange listOwnSessions endOtherSessions endSession
      setUpTotp confirmTotp removeTotp renewRecoveryCodes listPasskeys startPasskey createPasskey
      renamePasskey removePasskey unsubscribe askToUnsubscribe getMailSubscription resubscribe
      exportSite startImport sendImportPart applyImport getImport listImportRefusals dropImport
      planSiteRestore restoreSite undoSiteRestore listSiteRestores rewindSite wakeSite startBackup
      listBackupSites readBackupSite readBackupDatabase startDeploymentRestore loadDatabasePart
      loadSitePart rebuildKeys finishRestore listOperators grantOperator revokeOperator getOperatorOverview
      listOperatorSites listOperatorAccounts listOperatorAudit suspendAccount liftSuspension wakeObject replayWaiting
    `),
    methods: [
      'examine',
      'wakeUp',
      'relocate',
      'revokeKey',
      'recheckKeys',
      'stop',
      'exportItems',
      'exportTerms',
      'startImport',
      'importPosition',
      'stageImport',
      'importSettings',
      'applyImport',
      'getImport',
      'listRefusals',
      'dropImport',
      'planRestore',
      'startRestore',
      'undoRestore',
      'listRestores',
      'rewind',
      'restart',
      'settleRestored',
      'dump',
      'load',
      'loadState',
    ],
  },
  'sign-in': {
    title: 'sign-in',
    perMonth: (rates) => accounts(rates) * assumed.SIGN_INS_A_MONTH,
    routes: words(`
      signUp signIn signInSecondStep startPasskeySignIn signInWithPasskey signInDemo signOut verifyEmail
      forgotPassword resetPassword getAuthOptions
    `),
  },
  outage: {
    title: 'outage of a site, and people told',
    perMonth: ({ sites }) => sites * assumed.OUTAGES_A_MONTH,
    jobs: ['notifications'],
  },
  connect: {
    title: 'site, key and connection',
    perMonth: ({ sites }) => sites / assumed.MONTHS_OF_A_SITE,
    routes: ['createSite', 'createIntegration', 'connectIntegration'],
    methods: ['probe', 'enablePolling'],
  },
  'first-import': {
    title: 'first import of all items',
    perMonth: ({ sites }) => sites / assumed.MONTHS_OF_A_SITE,
  },
  'site-deleted': {
    title: 'deletion of a site',
    perMonth: ({ sites }) => sites / assumed.MONTHS_OF_A_SITE,
    routes: ['deleteSite'],
    methods: ['forget'],
    jobs: ['deletions'],
  },
  tick: {
    title: 'tick of the cron, nothing to do',
    perMonth: ({ ticksAMonth }) => ticksAMonth,
    jobs: ['checks', 'audit', 'resealed', 'taken_over', 'suspensions', 'tick'],
  },
  sizes: {
    title: 'sizes and figures noted',
    perMonth: ({ ticksAMonth }) => (ticksAMonth * TICK_MS) / SIZES_EVERY_MS,
    jobs: ['sizes', 'figures', 'waiting'],
  },
  'pruned-row': {
    title: 'row that the cron deletes in time',
    perMonth: ({ rowsToPrune }) => rowsToPrune,
    jobs: words(`
      pruned_idempotency_keys pruned_ended pruned_events trimmed_events pruned_changes pruned_notifications pruned_mail
      pruned_attempts
    `),
  },
  monitoring: {
    title: 'question of a monitor',
    perMonth: () => perMonth(assumed.MONITORING_INTERVAL_MS),
    paths: ['/healthz'],
  },
} as const satisfies Record<string, Kind>

export type KindId = keyof typeof KINDS
export const KIND_IDS = Object.keys(KINDS) as KindId[]
export const kindOf = (id: KindId): Kind => KINDS[id]
