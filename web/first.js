/**
 * Runs in the page itself, before anything else is loaded: sets the colour scheme, so that the page never flashes in the
 * other one, and requests the files and API answers that this address needs. Otherwise each request would wait for the
 * one before it. web/first-load.ts puts this into index.html and knows the files of each page;
 * web/src/api/first-answers.ts hands the answers to the app.
 */
;(() => {
  const stored = (key) => {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }
  const scheme = stored('mantine-color-scheme-value')
  const isDark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light')

  // as preferredLocale in web/src/i18n/index.ts
  const isLocale = (tag) => Object.hasOwn(BASE, tag)
  const chosen = stored('igny8-locale')
  const tags = navigator.languages.map((tag) => tag.slice(0, 2))
  const locale = chosen !== null && isLocale(chosen) ? chosen : (tags.find(isLocale) ?? 'en')

  const path = location.pathname
  const page = PAGES.find(({ pattern }) => new RegExp(pattern).test(path))
  const load = (file) => {
    const link = document.createElement('link')
    const isStyle = file.endsWith('.css')
    link.rel = isStyle ? 'preload' : 'modulepreload'
    if (isStyle) link.as = 'style'
    // same CORS mode as the app's later request; a file requested in another mode is loaded twice
    link.crossOrigin = ''
    link.href = `/${file}`
    document.head.append(link)
  }
  const files = [...BASE[locale], ...(page ? [...page.files, ...page.texts[locale]] : [])]
  new Set(files).forEach(load)

  const answers = (window.igny8Answers = new Map())
  if (!page?.isSignedIn) return
  const account = stored('igny8-account')
  const headers = { 'accept-language': locale, ...(account !== null && { 'x-account-id': account }) }
  // read to its end, since an answer that nobody takes would keep its request open
  const fetchWhole = async (address) => {
    const answer = await fetch(`/api/v1${address}`, { credentials: 'include', headers })
    const body = await answer.arrayBuffer()
    return new Response(body.byteLength > 0 ? body : null, answer)
  }
  const ask = (address) => {
    const answer = fetchWhole(address)
    answers.set(`/api/v1${address}`, answer)
    // whoever takes it sees the failure
    answer.catch(() => undefined)
    return answer
  }
  const askAll = (...addresses) => void addresses.map(ask)
  const askAbout = async (integrations) => {
    const answer = await integrations
    if (!answer.ok) return
    const { results } = await answer.clone().json()
    const integration = results.find(({ platform }) => platform === 'wordpress')
    if (!integration) return
    const own = `/integration/integrations/${integration.id}`
    if (path.endsWith('/content-types')) askAll(`${own}/sync-status`, `${own}/content-types`)
  }
  askAll('/auth/get-session', '/deletions')
  if (path === '/sites') askAll('/sites?limit=50', '/integration/integrations?limit=200')
  const site = /^\/sites\/(site_[0-9a-f]{32})\//.exec(path)?.[1]
  if (site === undefined) return
  askAll(`/sites/${site}`)
  askAbout(ask(`/integration/integrations?site_id=${site}&limit=10`)).catch(() => undefined)
})()
