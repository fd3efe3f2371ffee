import { ServiceError } from '../errors.ts'

/** Keeps what an error says of a URL free of what it may hold. */
function refuse(message: string): never {
  const errors = [{ path: 'body.url', code: 'custom', message }]
  throw new ServiceError('validation_error', `body.url: ${message}`, { errors })
}

/**
 * The one form in which a site's address is stored: lower-case host, no default port, query, fragment or trailing
 * slash. Whether it may be called is decided by the link, on every call.
 * @throws ServiceError `validation_error` for another scheme, or a user name or password in the address
 */
export function normalizeSiteUrl(raw: string): string {
  const url = URL.parse(raw)
  if (!url || !/^https?:$/.test(url.protocol)) return refuse('must be an absolute http or https URL')
  if (url.username || url.password) return refuse('must not contain a user name or password')
  return url.origin + url.pathname.replace(/\/+$/, '')
}
