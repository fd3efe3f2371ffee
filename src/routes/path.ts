import type { Route } from './define.ts'

/**
 * Makes hono's `getPath`: a trailing slash is optional, and an action segment may be written with `_` for `-`. Only
 * segments that are an action of some route are rewritten, since ids contain `_`.
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
