import { type Context as HonoContext, Hono } from 'hono'
import { html } from 'hono/html'
import { secureHeaders } from 'hono/secure-headers'
import { isLoopbackName, readConfig } from '../config.ts'
import type { AppEnv } from '../env.ts'
import { readSink, type SunkMail } from '../services/mail/index.ts'
import { ServiceError } from '../services/errors.ts'

/** Mails are shown in frames that run no script; their links open in the page itself. */
const pagePolicy = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'unsafe-inline'"],
    frameAncestors: ["'none'"],
    formAction: ["'self'"],
  },
})

const LINK = /https?:\/\/\S+/g

const linkOf = (url: string) => html`<li><a href="${url}">${url}</a></li>`

const article = ({ to, kind, subject, text, html: body, headers, at }: SunkMail) =>
  html`<article>
    <h2>${subject}</h2>
    <p>${to} · <code>${kind}</code> · ${new Date(at).toISOString()}</p>
    <ul>
      ${Array.from(text.matchAll(LINK), ([url]) => linkOf(url))}
    </ul>
    <details>
      <summary>Text, HTML and headers</summary>
      <pre>${text}</pre>
      <iframe title="${subject}" sandbox srcdoc="${body}"></iframe>
      <pre>${JSON.stringify(headers, null, 2)}</pre>
    </details>
  </article>`

const page = (mails: readonly SunkMail[]) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Mails – IGNY8</title>
        <style>
          body {
            font-family: sans-serif;
            max-width: 60rem;
            margin: 2rem auto;
            padding: 0 1rem;
          }
          article {
            border-top: 1px solid #ccc;
          }
          pre {
            white-space: pre-wrap;
            overflow-wrap: anywhere;
          }
          iframe {
            width: 100%;
            height: 20rem;
            border: 1px solid #ccc;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>Mails</h1>
          <p>What this server would have sent. Reload the page for newer ones.</p>
          ${mails.length === 0 ? html`<p>No mail yet.</p>` : mails.map(article)}
        </main>
      </body>
    </html>`

/**
 * Whether the sink may be read: it is switched on, and the request came to a name of this machine. A page on another name
 * that was pointed at this machine (DNS rebinding) reads nothing.
 */
function isReadable(c: HonoContext<AppEnv>): boolean {
  const { email, environment } = readConfig(c.env)
  if (email?.kind !== 'sink') return false
  return environment === 'test' || isLoopbackName(new URL(c.req.url).hostname)
}

const mailsOf = (c: HonoContext<AppEnv>) => {
  if (!isReadable(c)) throw new ServiceError('not_found')
  return readSink(c.req.query('to'))
}

/** The mails of the sink: `/dev/mail` for people, `/dev/mail.json?to=` for tests in a browser. Elsewhere both are 404. */
export const mailSinkRoutes = new Hono<AppEnv>()
  .get('/dev/mail', pagePolicy, (c) => c.html(page(mailsOf(c)), 200, { 'cache-control': 'no-store' }))
  .get('/dev/mail.json', (c) => c.json({ results: mailsOf(c) }, 200, { 'cache-control': 'no-store' }))
