/** Query keys, from general to specific, so that a prefix invalidates a whole branch. */
export const keys = {
  session: ['session'] as const,
  authOptions: ['auth-options'] as const,
  members: ['members'] as const,
  invitations: ['invitations'] as const,
  mailSubscription: (token: string) => ['mail-subscription', token] as const,
  endpoints: ['endpoints'] as const,
  deliveries: ['deliveries'] as const,
  notificationPreferences: ['notification-preferences'] as const,
  sites: ['sites'] as const,
  site: (siteId: string) => ['sites', siteId] as const,
  apiKeys: (siteId: string) => ['api-keys', siteId] as const,
  /** The integrations of all sites. */
  integrations: ['integrations'] as const,
  /** The site's WordPress integration, or null. */
  integration: (siteId: string) => ['integration', siteId] as const,
  debugStatus: (integrationId: string) => ['debug-status', integrationId] as const,
  authors: (integrationId: string) => ['authors', integrationId] as const,
  contentTypes: (integrationId: string) => ['content-types', integrationId] as const,
  syncStatus: (integrationId: string) => ['sync-status', integrationId] as const,
  runs: (integrationId: string) => ['runs', integrationId] as const,
  run: (integrationId: string, runId: string) => ['runs', integrationId, runId] as const,
  events: (integrationId: string) => ['events', integrationId] as const,
  activity: (integrationId: string) => ['activity', integrationId] as const,
  items: (siteId: string) => ['items', siteId] as const,
  item: (siteId: string, itemId: string) => ['item', siteId, itemId] as const,
}
