/** The document of a preview: the body between styles that read well, under a policy that lets nothing run. */
import { escapeText, isHarmlessLink, parseHtml } from '../../../editor/model/html.ts'

const POLICY =
  "default-src 'none'; img-src https: http: data:; media-src https: http:; style-src 'unsafe-inline'; form-action 'none'"

const REMOVED =
  'script, iframe, frame, frameset, object, embed, applet, base, meta, link, noscript, template, portal, fencedframe'

const COLORS = {
  light: { ground: '#ffffff', text: '#1a1b25', quiet: '#5b6270', line: '#dfe2ea', link: '#4338ca' },
  dark: { ground: '#1c1e26', text: '#e4e6ee', quiet: '#a3a9b8', line: '#3a3e4b', link: '#a5b4fc' },
} as const

const STYLE = `
:root { color-scheme: var(--scheme); }
body { margin: 0 auto; max-width: 720px; padding: 24px 20px 64px; background: var(--ground); color: var(--text);
  font: 18px/1.7 Georgia, 'Times New Roman', serif; overflow-wrap: anywhere; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; font-family: system-ui, sans-serif; }
h1 { font-size: 2em; }
a { color: var(--link); }
img, video, svg { max-width: 100%; height: auto; }
figure { margin: 1.5em 0; }
figcaption { color: var(--quiet); font-size: .85em; text-align: center; }
blockquote { margin: 1.5em 0; padding-inline-start: 1em; border-inline-start: 3px solid var(--line); }
blockquote cite { color: var(--quiet); font-size: .85em; }
pre { padding: 12px 14px; overflow: auto; border: 1px solid var(--line); border-radius: 6px; font-size: .8em; }
table { width: 100%; border-collapse: collapse; font-size: .9em; }
td, th { padding: 6px 10px; border: 1px solid var(--line); text-align: start; vertical-align: top; }
hr { border: 0; border-top: 1px solid var(--line); }
.alignleft { float: left; margin: 0 1.5em 1em 0; } .alignright { float: right; margin: 0 0 1em 1.5em; }
.aligncenter { margin-inline: auto; text-align: center; } .has-text-align-center { text-align: center; }
.has-text-align-right { text-align: right; } .has-drop-cap:first-letter { float: left; margin-right: .1em; font-size: 3.4em; line-height: .8; }
.wp-block-columns { display: flex; flex-wrap: wrap; gap: 1.5em; } .wp-block-column { flex: 1 1 240px; min-width: 0; }
.wp-block-gallery { display: flex; flex-wrap: wrap; gap: 12px; } .wp-block-gallery > figure { flex: 1 1 200px; margin: 0; }
.wp-block-button__link { display: inline-block; padding: .6em 1.2em; border-radius: 6px; background: var(--text); color: var(--ground); text-decoration: none; }
.embed { padding: 16px; border: 1px solid var(--line); border-radius: 8px; color: var(--quiet); font: 15px/1.5 system-ui, sans-serif; }
`

/** Text of the classic editor: WordPress shows blank lines as paragraphs. */
const autoParagraphs = (body: string): string =>
  body.includes('<!-- wp:') || /<p[\s>]/i.test(body)
    ? body
    : body
        .split(/\n\s*\n/)
        .map((part) =>
          /^\s*<(?:h[1-6]|ul|ol|table|figure|blockquote|pre|div)/i.test(part)
            ? part
            : `<p>${part.trim().replaceAll('\n', '<br>')}</p>`,
        )
        .join('\n')

/** Removes what could run. The frame's sandbox and policy forbid it as well. */
function disarm(body: HTMLElement): void {
  for (const element of body.querySelectorAll(REMOVED)) element.remove()
  for (const element of body.querySelectorAll('*')) {
    for (const name of element.getAttributeNames()) {
      const value = element.getAttribute(name) ?? ''
      const isAddress = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'srcdoc'].includes(name)
      const isImage = name === 'src' && /^data:image\//i.test(value.trim())
      if (name.startsWith('on') || (isAddress && !isImage && !isHarmlessLink(value))) element.removeAttribute(name)
    }
  }
  for (const embed of body.querySelectorAll('.wp-block-embed__wrapper')) embed.className = 'embed'
}

interface PreviewOptions {
  title: string
  body: string
  scheme: 'light' | 'dark'
}

/** @returns HTML for the `srcdoc` of a sandboxed frame */
export function previewDocument({ title, body, scheme }: PreviewOptions): string {
  const content = parseHtml(autoParagraphs(body))
  disarm(content)
  const variables = Object.entries(COLORS[scheme]).map(([name, color]) => `--${name}: ${color}`)
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<base target="_blank"><title>${escapeText(title)}</title>
<style>:root { --scheme: ${scheme}; ${variables.join('; ')} }${STYLE}</style></head>
<body>${title === '' ? '' : `<h1>${escapeText(title)}</h1>`}${content.innerHTML}</body></html>`
}
