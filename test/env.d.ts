import type { D1Migration } from 'cloudflare:test'

declare global {
  interface ImportMeta {
    /** Vite's: the texts of all files that match, by path. */
    glob(pattern: string, options: { query: '?raw'; import: 'default'; eager: true }): Record<string, string>
  }
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[]
      TEST_EVENT_MIGRATIONS: D1Migration[]
      SPARE_EVENTS_1: D1Database
      SPARE_EVENTS_2: D1Database
      LOCAL_EMAIL: SendEmail
    }
  }
}
