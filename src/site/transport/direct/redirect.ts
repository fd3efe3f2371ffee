import { checkOutboundUrl } from '../../../lib/url-guard.ts'
import { describeUrl } from './evidence.ts'
import type { LinkProblem } from './errors.ts'
import { isSameSite } from './same-site.ts'

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

/**
 * Where a redirect leads, if one may go there: the target passes the SSRF guard and is the same site. Otherwise what is
 * wrong, with the target's name, so that its owner sees what to enter.
 */
export function readRedirect(
  from: URL,
  location: string | null,
  { allowLoopback }: { allowLoopback: boolean },
): { ok: true; url: URL } | { ok: false; problem: LinkProblem } {
  const refuse = (code: LinkProblem['code'], detail: string) => ({ ok: false, problem: { code, detail } }) as const
  const target = location ? URL.parse(location, from) : null
  if (!target) return refuse('redirect_broken', `${describeUrl(from)} redirects without saying where to.`)

  const sentence = `${describeUrl(from)} redirects to ${describeUrl(target)}`
  const checked = checkOutboundUrl(target.href, { allowLoopback })
  if (!checked.ok && checked.code === 'private_address')
    return refuse('private_address', `${sentence}. ${checked.detail}`)
  if (!isSameSite(from, target)) return refuse('redirected_elsewhere', `${sentence}.`)
  if (!checked.ok) return refuse(checked.code, `${sentence}. ${checked.detail}`)
  if (/\/wp-login\.php$/i.test(target.pathname)) return refuse('login_wall', `${sentence}, the login page.`)
  return { ok: true, url: checked.url }
}
