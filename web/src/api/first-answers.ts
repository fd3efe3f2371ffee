declare global {
  interface Window {
    /** Answers that web/first.js asked for while the app was being loaded, by path and query. */
    igny8Answers?: Map<string, Promise<Response>>
  }
}

/** After this time what is left belongs to no first load: the app asks again. */
const KEPT_MS = 60_000

/**
 * Takes the answer to a request that the page asked before the app was there; undefined if there is none. Each answer is
 * given once, to the first request of its address.
 */
export function takeFirstAnswer({ method, url }: Request): Promise<Response> | undefined {
  const answers = window.igny8Answers
  if (method !== 'GET' || !answers || performance.now() > KEPT_MS) return undefined
  const { pathname, search } = new URL(url)
  const answer = answers.get(`${pathname}${search}`)
  answers.delete(`${pathname}${search}`)
  return answer
}
