import type { AreaFiles } from '../areas.ts'

/** German texts: one file per area, loaded with the first page that needs it. */
export const files: AreaFiles = {
  base: () => import('./base.ts'),
  account: async () => (await import('./account.ts')).account,
  activity: async () => (await import('./activity.ts')).activity,
  audit: async () => (await import('./audit.ts')).audit,
  auth: async () => (await import('./auth.ts')).auth,
  connect: async () => (await import('./connect.ts')).connect,
  connection: async () => (await import('./connection.ts')).connection,
  contentTypes: async () => (await import('./content-types.ts')).contentTypes,
  // if these can't be loaded, the API's English texts are shown
  editor: async () => (await import('./editor.ts')).editor,
  errors: () =>
    import('./errors.ts').then(
      ({ errors }) => errors,
      () => ({}),
    ),
  history: async () => (await import('./history.ts')).history,
  items: async () => (await import('./items.ts')).items,
  lists: async () => (await import('./lists.ts')).lists,
  members: async () => (await import('./members.ts')).members,
  merge: async () => (await import('./merge.ts')).merge,
  notifications: async () => (await import('./notifications.ts')).notifications,
  onboarding: async () => (await import('./onboarding.ts')).onboarding,
  operator: async () => (await import('./operator.ts')).operator,
  settings: async () => (await import('./settings.ts')).settings,
  sites: async () => (await import('./sites.ts')).sites,
  usage: async () => (await import('./usage.ts')).usage,
}
