/**
 * Devices on which somebody has signed in to an account. The browser keeps a signed cookie: an id of the device and when it
 * was given, under a signature that also covers the e-mail address, so that it is worth nothing for another account. It is
 * no credential: it only spares its owner the waits that strangers cause (see attempts.ts).
 */
import { equalInConstantTime, hmacSha256Hex } from '../../lib/hmac.ts'
import { randomBase62 } from '../../lib/base62.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { COOKIE_PREFIX, usesSecureCookies } from './credentials.ts'

const LIFETIME_S = 180 * 86_400

type DeviceContext = Pick<ServiceContext<Actor>, 'config' | 'now'>

const sign = ({ config }: DeviceContext, email: string, id: string, at: string) =>
  hmacSha256Hex(config.sessionSecret, `device:${email}:${id}:${at}`)

/** One cookie per account, so that people who share a browser are known beside each other. */
async function cookieName(ctx: DeviceContext, email: string): Promise<string> {
  const account = (await hmacSha256Hex(ctx.config.sessionSecret, `device-cookie:${email}`)).slice(0, 12)
  return `${usesSecureCookies(ctx.config) ? '__Secure-' : ''}${COOKIE_PREFIX}.device_${account}`
}

/** The `Set-Cookie` that makes a browser known for an account. */
export async function issueDevice(ctx: DeviceContext, email: string): Promise<string> {
  const [id, at] = [randomBase62(20), String(Math.floor(ctx.now() / 1000))]
  const value = `${id}.${at}.${await sign(ctx, email, id, at)}`
  const secure = usesSecureCookies(ctx.config) ? 'Secure; ' : ''
  return `${await cookieName(ctx, email)}=${value}; Max-Age=${LIFETIME_S}; Path=/; HttpOnly; ${secure}SameSite=Lax`
}

/** The id of the request's device, if it is known for this account; else null. */
export async function readDevice(ctx: DeviceContext, email: string, headers: Headers): Promise<string | null> {
  const start = `${await cookieName(ctx, email)}=`
  const pair = (headers.get('cookie') ?? '').split(';').find((candidate) => candidate.trimStart().startsWith(start))
  const [id = '', at = '', mac = ''] = (pair?.trim().slice(start.length) ?? '').split('.')
  if (!/^[0-9A-Za-z]{20}$/.test(id) || !/^\d{1,12}$/.test(at)) return null
  if (Number(at) + LIFETIME_S < ctx.now() / 1000) return null
  return equalInConstantTime(mac, await sign(ctx, email, id, at)) ? id : null
}
