import type { Route } from './define.ts'

/**
 * Creates hono's `getPath`. It removes a trailing slash, and in segments that are an action of some route it replaces
 * `_` with `-`. Other segments stay, because ids contain `_`.
 */
export function createPathNormaliser(routes: readonly Pick<Route, 'path'>[]): (request: Request) => string {
  const actions = new Map(
    routes
      .flatMap((route) => route.path.split('/'))
      .filter((segment) => segment.includes('-') && !segment.startsWith(':'))
      .map((segment) => [segment.replaceAll('-', '_'), segment]),
  )
  return (request) => {
    const { pathname } = new URL(request.url)
    const segments = pathname
      .split('/')
      .map((segment) => (segment.includes('_') ? (actions.get(segment) ?? segment) : segment))
    const path = segments.join('/')
    return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  }
}
