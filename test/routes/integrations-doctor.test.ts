import { beforeAll, describe, expect, test } from 'vitest'
import { DoctorReport } from '../../src/contract/doctor.ts'
import {
  connectSiteWithStructure,
  COLLECTION,
  createSiteWithKey,
  lastEvent,
  readIntegration,
} from '../support/integration.ts'
import { call } from '../support/openapi.ts'
import { playInternet, shortenTimeouts, type Fault } from '../support/plugin.ts'

beforeAll(playInternet)

const codes = ({ findings }: DoctorReport) => findings.map(({ code }) => code)

async function examine(site: { path: string; key: string }): Promise<DoctorReport> {
  const { status, body } = await call(`POST ${site.path}/doctor/`, { token: site.key })
  expect(status).toBe(200)
  return DoctorReport.parse(body)
}

describe('the doctor', () => {
  test('finds a healthy site healthy, and lists what it checked', async () => {
    const site = await connectSiteWithStructure()
    const before = await readIntegration(site.integrationId)
    const report = await examine(site)
    expect(report.verdict).toBe('healthy')
    expect(codes(report).toSorted()).toEqual(
      ['answered', 'clock_right', 'cron_runs', 'headers_arrive', 'php_sufficient'].toSorted(),
    )
    expect(report.steps.map(({ step }) => step)).toEqual(['rest_index', 'commands'])
    expect(report.raw).toMatchObject({ status: 200, headers: { 'webhook-signature': '[redacted]' } })
    expect(await readIntegration(site.integrationId)).toEqual(before)
    expect(await lastEvent(site.integrationId, 'doctor')).toMatchObject({ success: true, detail: null })
  })

  const FAULTS: [Fault, string, string][] = [
    [{ kind: 'no_plugin' }, 'plugin_not_found', 'plugin'],
    [{ kind: 'html' }, 'not_wordpress', 'web_server'],
    [{ kind: 'down' }, 'connection_lost', 'network'],
    [{ kind: 'hang' }, 'wordpress_timeout', 'network'],
    [{ kind: 'not_connected' }, 'plugin_not_connected', 'plugin'],
    [{ kind: 'wrong_signature' }, 'response_unsigned', 'page_cache'],
    [
      { kind: 'status', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
      'basic_auth_required',
      'basic_auth',
    ],
    [{ kind: 'status', status: 202, headers: { 'sg-captcha': 'challenge' } }, 'captcha_page', 'captcha'],
  ]
  test.each(FAULTS)('names the layer of %j: %s is about %s', async (fault, code, layer) => {
    if (fault.kind === 'hang') shortenTimeouts()
    const site = await connectSiteWithStructure()
    site.wordpress.fault = fault
    const report = await examine(site)
    expect(report).toMatchObject({
      verdict: 'broken',
      findings: [{ code, layer, severity: 'error', fix: expect.any(String) }],
    })
    expect(report.steps.length).toBeGreaterThan(0)
    expect(await lastEvent(site.integrationId, 'doctor')).toMatchObject({ success: false, code })
    expect(await readIntegration(site.integrationId)).toMatchObject({ connection: 'ready' })
  })

  test('says what is only half right', async () => {
    const site = await connectSiteWithStructure()
    const nowS = Math.floor(Date.now() / 1000)
    Object.assign(site.wordpress.status, {
      commands: ['status', 'structure'],
      memory_limit_mb: 32,
      cron: { disabled: true, last_run_at: nowS - 90_000, next_structure_at: nowS - 20_000 },
      outbox: { pending: 3, oldest_at: nowS - 7200, needs_digest: false, last_error: null },
    })
    const report = await examine(site)
    expect(report.verdict).toBe('degraded')
    expect(
      report.findings.filter(({ severity }) => severity === 'warning').map(({ layer, code }) => [layer, code]),
    ).toEqual([
      ['plugin', 'plugin_outdated'],
      ['outbox', 'outbox_lagging'],
      ['cron', 'cron_stale'],
      ['php', 'memory_low'],
    ])
  })

  test.each<[string, { lateS: number; publishedS: number | null }, string, string]>([
    ['nothing is late', { lateS: 0, publishedS: null }, 'schedule_kept', 'ok'],
    ['a post is late that the plugin publishes', { lateS: 600, publishedS: null }, 'schedule_late', 'info'],
    ['it has published one', { lateS: 0, publishedS: 86_400 }, 'schedule_late', 'info'],
    ['it published one long ago', { lateS: 0, publishedS: 30 * 86_400 }, 'schedule_kept', 'ok'],
    ['a post was missed', { lateS: 3 * 3600, publishedS: null }, 'schedule_missed', 'warning'],
  ])('T56 says whether scheduled posts are live: %s', async (_name, { lateS, publishedS }, code, severity) => {
    const site = await connectSiteWithStructure()
    const nowS = Math.floor(Date.now() / 1000)
    site.wordpress.status.schedule = {
      overdue: lateS > 0 ? 1 : 0,
      posts: lateS > 0 ? [{ id: 12, due_at: nowS - lateS }] : [],
      last_published: publishedS === null ? null : { id: 12, due_at: nowS - publishedS - 600, at: nowS - publishedS },
    }
    const report = await examine(site)
    const finding = report.findings.find((one) => one.code.startsWith('schedule_'))
    expect(finding).toMatchObject({ code, severity, layer: 'cron' })
    if (severity !== 'ok') expect(finding?.evidence[0]).toMatch(/^post 12: due 20\d\d-/)
    expect(report.verdict).toBe(severity === 'warning' ? 'degraded' : 'healthy')
  })

  test('shows no secret that the site’s answer carries', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.status.last_error = { code: 'x', detail: `sent ${site.key}`, at: 1 }
    site.wordpress.status.locale = site.wordpress.signingSecret
    const text = JSON.stringify(await call(`GET ${site.path}/debug-status/`, { token: site.key }))
    const report = JSON.stringify(await examine(site))
    for (const shown of [text, report]) {
      expect(shown).not.toContain(site.key)
      expect(shown).not.toContain(site.wordpress.signingSecret)
    }
  })

  test('of one that never connected says so', async () => {
    const site = await createSiteWithKey()
    const body = { site_id: site.siteId, api_key: site.key }
    const { body: made } = await call(`POST ${COLLECTION}/`, { token: site.key, body })
    const report = await examine({ path: `${COLLECTION}/${made.id}`, key: site.key })
    expect(report).toMatchObject({ verdict: 'broken', findings: [{ code: 'plugin_not_connected', layer: 'plugin' }] })
  })

  test('debug-status has the same report as data', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'status', status: 500 }
    const { body } = await call(`GET ${site.path}/debug-status/`, { token: site.key })
    expect(body.doctor).toMatchObject({ verdict: 'broken', findings: [{ code: 'wordpress_error', layer: 'php' }] })
    expect(body.doctor.raw).toMatchObject({ status: 500, body_excerpt: 'Sorry' })
    expect(body.probe).toMatchObject({ success: false, code: 'wordpress_error' })
  })
})
