import type { Item, ItemSummary, ItemVersion, Run, RunDetail, SyncEvent } from '../../src/api/types.ts'

const AT = '2026-11-21T10:00:00.000Z'

export const sampleVersion = (patch: Partial<ItemVersion> = {}): ItemVersion => ({
  title: 'Opening hours',
  body: '<!-- wp:paragraph -->\n<p>We open at nine.</p>\n<!-- /wp:paragraph -->',
  excerpt: '',
  slug: 'opening-hours',
  status: 'publish',
  date: AT,
  parent_id: null,
  author: { id: 1, name: 'Ada' },
  terms: { category: ['News'] },
  meta: {},
  featured_image: null,
  seo: null,
  ...patch,
})

/** Fields of Yoast SEO, all empty. */
export const sampleSeo = (): NonNullable<ItemVersion['seo']> => ({
  provider: 'yoast',
  title: '',
  description: '',
  focus_keyword: '',
  canonical: '',
  og_title: '',
  og_description: '',
  og_image: '',
  twitter_title: '',
  twitter_description: '',
  twitter_image: '',
  robots: [],
  primary_category: null,
})

export const sampleItem = (patch: Partial<Item> = {}): Item => ({
  ...sampleVersion(),
  id: 'item_1',
  site_id: 'site_1',
  type: 'post',
  state: 'synced',
  deleted: false,
  external_id: '126',
  external_url: 'https://example.com/opening-hours/',
  revision: 3,
  builder: null,
  protected: false,
  overdue_since: null,
  published_late_at: null,
  left_alone: false,
  stale_save: null,
  wordpress: sampleVersion(),
  base: sampleVersion(),
  conflict: null,
  error: null,
  external_images: [],
  can_undo: false,
  updated_at: AT,
  ...patch,
})

/** An item whose title and body both sides changed. */
export const sampleConflict = (patch: Partial<Item> = {}): Item => {
  const wordpress = sampleVersion({
    title: 'Opening times',
    body: '<!-- wp:paragraph -->\n<p>We open at ten.</p>\n<!-- /wp:paragraph -->',
  })
  return sampleItem({
    state: 'conflict',
    title: 'Hours of our shop',
    body: '<!-- wp:paragraph -->\n<p>We open at eight.</p>\n<!-- /wp:paragraph -->',
    wordpress,
    conflict: { fields: ['title', 'body'], since: AT, wordpress, base: sampleVersion(), stale_save: null },
    ...patch,
  })
}

export const sampleSummary = (patch: Partial<ItemSummary> = {}): ItemSummary => {
  const {
    body: _body,
    meta: _meta,
    excerpt: _excerpt,
    conflict: _conflict,
    wordpress: _wordpress,
    base: _base,
    ...summary
  } = sampleItem()
  return { ...summary, conflict_fields: [], ...patch }
}

export const sampleRun = (patch: Partial<Run> = {}): Run => ({
  id: 'run_1',
  direction: 'both',
  status: 'succeeded',
  waiting: null,
  progress: { done: 12, total: 12, by_type: { post: { done: 12, total: 12 } } },
  counts: { created: 3, updated: 1, deleted: 0, unchanged: 8, failed: 0, conflicts: 0 },
  queued_at: AT,
  started_at: AT,
  finished_at: '2026-11-21T10:00:04.200Z',
  error: null,
  actor: null,
  ...patch,
})

export const sampleRunDetail = (patch: Partial<RunDetail> = {}): RunDetail => ({
  ...sampleRun(),
  request_id: 'req_019d8f0c6b7e7c3fb1d2a4e5f6071829',
  steps: [
    { at: AT, phase: 'read', type: 'post', requests: 2, bytes: 12_100, items: 12, duration_ms: 660, error: null },
    {
      at: AT,
      phase: 'write',
      type: null,
      requests: 1,
      bytes: 800,
      items: 0,
      duration_ms: 90,
      error: { code: 'wordpress_busy', detail: 'HTTP 503.', fix: 'Nothing to do: we try again automatically.' },
    },
  ],
  requests: 3,
  bytes: 12_900,
  duration_ms: 750,
  ...patch,
})

export const sampleEvent = (patch: Partial<SyncEvent> = {}): SyncEvent => ({
  id: 'evt_1',
  integration_id: 'int_1',
  run_id: null,
  action: 'sync',
  direction: 'both',
  success: true,
  code: null,
  detail: null,
  actor: null,
  item_ids: [],
  counts: {},
  started_at: AT,
  finished_at: '2026-11-21T10:00:01.500Z',
  ...patch,
})
