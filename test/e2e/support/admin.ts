import { type HTMLElement, parse } from 'node-html-parser'
import { ADMIN } from '../../../scripts/wordpress/install.ts'

export type Page = {
  status: number
  url: string
  html: string
  root: HTMLElement
  /** Text of the notices, one after another. */
  notices: string
}

/** wp-admin as a person's browser sees it: cookies, redirects, and forms with the nonces that the page holds. */
export type Admin = {
  open: (path: string) => Promise<Page>
  /** Sends the form that `selector` finds, with its own fields and these. */
  submit: (page: Page, selector: string, fields?: Record<string, string>) => Promise<Page>
  /** Calls WordPress' own REST API as the block editor does. */
  rest: <T>(method: string, route: string, body?: object) => Promise<T>
}

const MAX_REDIRECTS = 5
const SETTINGS = '/wp-admin/options-general.php?page=igny8'

/** Signs in at wp-login.php. `headers` go with every request, such as those of Basic authentication. */
export async function openAdmin(url: string, headers: Record<string, string> = {}): Promise<Admin> {
  const cookies = new Map<string, string>([['wordpress_test_cookie', 'WP%20Cookie%20check']])

  async function request(target: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(target, {
      ...init,
      redirect: 'manual',
      headers: { ...headers, ...Object.fromEntries(new Headers(init.headers)), cookie },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    return answer
  }

  async function visit(target: string, init: RequestInit = {}, redirects = 0): Promise<Page> {
    const answer = await request(target, init)
    const html = await answer.text()
    const location = answer.headers.get('location')
    if (location && redirects < MAX_REDIRECTS) return visit(new URL(location, target).href, {}, redirects + 1)
    const root = parse(html)
    const notices = root.querySelectorAll('.notice').map((notice) => notice.text.replaceAll(/\s+/g, ' ').trim())
    return { status: answer.status, url: target, html, root, notices: notices.join('\n') }
  }

  function submit(page: Page, selector: string, fields: Record<string, string> = {}): Promise<Page> {
    const form = page.root.querySelector(selector)
    if (!form) throw new Error(`no form ${selector} at ${page.url}: ${page.root.text.slice(0, 300)}`)
    const body = new URLSearchParams()
    for (const input of form.querySelectorAll('input[name]')) {
      const isTicked = input.getAttribute('type') !== 'checkbox' || input.hasAttribute('checked')
      if (isTicked) body.set(input.getAttribute('name') ?? '', input.getAttribute('value') ?? '')
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    return visit(new URL(form.getAttribute('action') ?? '', page.url).href, { method: 'POST', body })
  }

  async function rest<T>(method: string, route: string, body?: object): Promise<T> {
    const nonce = await (await request(`${url}/wp-admin/admin-ajax.php?action=rest-nonce`)).text()
    const answer = await request(`${url}/?rest_route=${route}`, {
      method,
      headers: { 'x-wp-nonce': nonce, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${route} answered ${answer.status}: ${text.slice(0, 300)}`)
    return JSON.parse(text) as T
  }

  const login = new URLSearchParams({ log: ADMIN.user, pwd: ADMIN.password, testcookie: '1' })
  const start = await visit(`${url}/wp-login.php`, { method: 'POST', body: login })
  if (start.status !== 200 || start.url.includes('wp-login')) throw new Error(`no sign-in at ${url}: ${start.status}`)
  return { open: (path) => visit(url + path), submit, rest }
}

/** The plugin's own page. */
export const openSettings = (admin: Admin): Promise<Page> => admin.open(SETTINGS)

/** State of the connection as the settings page shows it. */
export const shownState = (page: Page): string | undefined =>
  page.root.querySelector('[data-igny8-state]')?.getAttribute('data-igny8-state')

/** Fills in the settings page's form and presses Connect. */
export async function pressConnect(
  admin: Admin,
  fields: { email?: string; password?: string; apiKey?: string },
): Promise<Page> {
  const { email = '', password = '', apiKey = '' } = fields
  return admin.submit(await openSettings(admin), 'form[data-igny8-action=igny8_connect]', {
    igny8_email: email,
    igny8_password: password,
    igny8_api_key: apiKey,
  })
}

/** Presses one of the page's buttons: `sync`, `disconnect`, `retry`. */
export const press = async (admin: Admin, button: string): Promise<Page> =>
  admin.submit(await openSettings(admin), `form[data-igny8-action=igny8_${button}]`)

/** How many items wp-admin itself lists under "All". */
export async function shownCount(admin: Admin, kind: 'post_type' | 'taxonomy', slug: string): Promise<number> {
  const isPosts = kind === 'post_type'
  const page = await admin.open(
    isPosts ? `/wp-admin/edit.php?post_type=${slug}` : `/wp-admin/edit-tags.php?taxonomy=${slug}`,
  )
  const found = page.root.querySelector(isPosts ? '.subsubsub .all .count' : '.displaying-num')
  return Number(found?.text.replaceAll(/\D/g, '') ?? Number.NaN)
}
