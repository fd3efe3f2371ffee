import { accountRoutes } from './account.ts'
import { activityRoutes } from './activity.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { auditRoutes } from './audit.ts'
import { authRoutes } from './auth.ts'
import { connectRoutes } from './connect.ts'
import { bulkRoutes } from './bulk.ts'
import { connectionChangeRoutes } from './connection-changes.ts'
import { contentRoutes } from './content.ts'
import type { Route } from './define.ts'
import { deletionRoutes } from './deletion.ts'
import { exportRoutes } from './export.ts'
import { pollingRoutes } from './polling.ts'
import { integrationRoutes } from './integrations.ts'
import { meRoutes } from './me.ts'
import { mailRoutes } from './mail.ts'
import { memberRoutes } from './members.ts'
import { notificationRoutes } from './notifications.ts'
import { operatorRoutes } from './operator.ts'
import { operatorPageRoutes } from './operator-page.ts'
import { runRoutes } from './runs.ts'
import { siteFileRoutes } from './site-files.ts'
import { siteRoutes } from './sites.ts'
import { termRoutes } from './terms.ts'
import { usageRoutes } from './usage.ts'
import { versionRoutes } from './versions.ts'
import { webhookRoutes } from './webhooks.ts'

/** All routes. The app, the OpenAPI document, the client and the security tests are made from this list. */
export const routes: readonly Route[] = [
  ...authRoutes,
  ...meRoutes,
  ...accountRoutes,
  ...memberRoutes,
  ...usageRoutes,
  ...deletionRoutes,
  ...exportRoutes,
  ...siteRoutes,
  ...siteFileRoutes,
  ...apiKeyRoutes,
  ...contentRoutes,
  ...versionRoutes,
  ...termRoutes,
  ...bulkRoutes,
  ...integrationRoutes,
  ...connectionChangeRoutes,
  ...connectRoutes,
  ...pollingRoutes,
  ...runRoutes,
  ...activityRoutes,
  ...webhookRoutes,
  ...notificationRoutes,
  ...mailRoutes,
  ...auditRoutes,
  ...operatorRoutes,
  ...operatorPageRoutes,
]
