import { Hono } from 'hono'
import { html } from 'hono/html'
import { secureHeaders } from 'hono/secure-headers'
import { readConfig } from '../config.ts'
import { ERRORS, type ErrorCode } from '../contract/errors.ts'
import type { AppEnv } from '../env.ts'
import { routes } from './index.ts'

/** Allows the project's own files, and inline styles, which Swagger UI sets. */
const pagePolicy = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
  },
})

const referencePage = () =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>IGNY8 integration API</title>
        <link rel="stylesheet" href="/reference/swagger-ui.css" />
      </head>
      <body>
        <div id="reference"></div>
        <noscript
          >This page needs JavaScript. The OpenAPI document is at <a href="/openapi.json">/openapi.json</a>.</noscript
        >
        <script src="/reference/swagger-ui-bundle.js"></script>
        <script src="/reference/start.js"></script>
      </body>
    </html>`

const errorRow = ([code, { status, title, fix }]: [string, (typeof ERRORS)[ErrorCode]]) =>
  html` <tr id="${code}">
    <th scope="row"><code>${code}</code></th>
    <td>${status}</td>
    <td>${title}</td>
    <td>${fix}</td>
  </tr>`

const errorsPage = () =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Errors – IGNY8 integration API</title>
        <link rel="stylesheet" href="/reference/errors.css" />
      </head>
      <body>
        <main>
          <h1>Errors</h1>
          <p>
            Every error <code>code</code> of the API, its meaning and its fix.
            <a href="/docs">API reference</a>
          </p>
          <table>
            <thead>
              <tr>
                <th scope="col">Code</th>
                <th scope="col">Status</th>
                <th scope="col">Meaning</th>
                <th scope="col">Fix</th>
              </tr>
            </thead>
            <tbody>
              ${Object.entries(ERRORS).map(errorRow)}
            </tbody>
          </table>
        </main>
      </body>
    </html>`

let documentText: Promise<string> | undefined

/** Loads the generator on the first request for the document. No other request needs it. */
async function loadDocument(publicUrl: string): Promise<string> {
  const { createOpenApiDocument } = await import('./openapi.ts')
  return JSON.stringify(createOpenApiDocument(routes, publicUrl))
}

export const docsRoutes = new Hono<AppEnv>()
docsRoutes.get('/docs', pagePolicy, (c) => c.html(referencePage()))
docsRoutes.get('/docs/errors', pagePolicy, (c) => c.html(errorsPage()))
docsRoutes.get('/openapi.json', async (c) => {
  documentText ??= loadDocument(readConfig(c.env).publicUrl)
  return c.body(await documentText, 200, { 'content-type': 'application/json' })
})

const SECURITY_CONTACT = 'mailto:security@igny8.com'
/** RFC 9116 wants a date, and advises less than a year. */
const SECURITY_TEXT_DAYS = 180

/** Where to report a vulnerability (RFC 9116). SECURITY.md says the rest. */
docsRoutes.get('/.well-known/security.txt', (c) => {
  const { publicUrl } = readConfig(c.env)
  const expires = new Date(Date.now() + SECURITY_TEXT_DAYS * 86_400_000).toISOString()
  const lines = [
    `Contact: ${SECURITY_CONTACT}`,
    `Expires: ${expires}`,
    'Preferred-Languages: en, de',
    `Canonical: ${publicUrl}/.well-known/security.txt`,
  ]
  return c.body(`${lines.join('\n')}\n`, 200, { 'content-type': 'text/plain; charset=utf-8' })
})
