import type { EvidenceStep } from './evidence.ts'

/**
 * Everything that can go wrong between the API and a site, with a title and what the site's owner can do. The status is
 * 422: the API understood the request, but could not reach or use the site. An error is `retryable` if the same request
 * may succeed later although nobody changed anything.
 */
interface LinkErrorEntry {
  status: 422
  title: string
  fix: string
  retryable: boolean
}

const once = (title: string, fix: string) => ({ status: 422, title, fix, retryable: false }) as const
const retryable = (title: string, fix: string) => ({ status: 422, title, fix, retryable: true }) as const

export const LINK_ERRORS = {
  // The address
  invalid_site_url: once(
    'The site URL is not valid',
    'Enter the address of the site as https:// and its domain name, without user name or port.',
  ),
  https_required: once(
    'The site is not served over HTTPS',
    'Set up HTTPS for the site (most hosts do this free of charge) and enter its https:// address.',
  ),
  private_address: once(
    'The site URL points into a private network',
    'Enter an address that can be reached from the internet.',
  ),
  // The connection
  dns_failed: retryable(
    'The domain name was not found',
    'Check the spelling of the domain. If it is new or has just moved, wait until its DNS records are visible.',
  ),
  unreachable: retryable(
    'The site could not be reached',
    'Check that the site opens in a browser from outside your network, without a warning about its certificate, and that its firewall lets our requests through.',
  ),
  connection_lost: retryable(
    'The connection to the site was lost',
    'Try again. If it keeps failing, ask the host whether a firewall or a crashing PHP process ends the requests.',
  ),
  tls_error: once(
    'The site’s HTTPS certificate is not valid',
    'Ask the host to renew the certificate or to install one for this domain name.',
  ),
  wordpress_timeout: retryable(
    'The site did not answer in time',
    'Try again. If it keeps failing, ask the host why requests to /wp-json/ take so long.',
  ),
  // Redirects
  redirected_elsewhere: once(
    'The site redirects to another address',
    'Enter the address it redirects to as the site URL.',
  ),
  too_many_redirects: once(
    'The site redirects in circles',
    'Set the WordPress Address and Site Address under Settings → General to the address that visitors see, and clear caches.',
  ),
  redirect_loses_post: once(
    'The site redirects the REST API',
    'Enter the address it redirects to (with or without www., https://) as the site URL and connect again.',
  ),
  redirect_broken: once(
    'The site answers with a broken redirect',
    'Check the redirect rules of the server or of a redirect plugin.',
  ),
  // Something else answers
  not_wordpress: once(
    'There is no WordPress at this address',
    'Enter the address of the WordPress site, including its folder if it is installed in one.',
  ),
  answered_html: once(
    'The site answers with a web page instead of data',
    'Clear page caches and exclude /wp-json/ from them. Switch off code snippets and “coming soon” modes that block the REST API.',
  ),
  login_wall: once(
    'The site asks for a login',
    'Switch off the plugin that forces a login, or exempt the path /wp-json/igny8/v1/ in it.',
  ),
  basic_auth_required: once(
    'The site is protected by a password of the web server',
    'Remove the password protection (HTTP Basic auth), or exempt the path /wp-json/igny8/v1/ from it.',
  ),
  captcha_page: retryable(
    'The host answers with a captcha',
    'Ask the host to exempt the path /wp-json/igny8/v1/ from its bot protection.',
  ),
  blocked_by_firewall: once(
    'A firewall blocks our requests',
    'Allow POST requests to /wp-json/igny8/v1/ in the security plugin, or ask the host to do so in its firewall.',
  ),
  // WordPress answers, the plugin does not
  rest_blocked: once(
    'The REST API of the site is switched off',
    'Allow the REST API for visitors in the security plugin, or exempt the namespace igny8/v1 in it.',
  ),
  rest_not_found: once(
    'The REST API was not found',
    'Open Settings → Permalinks in wp-admin and press Save. If that does not help, switch off the plugin or snippet that removes the REST API, and check the server’s rewrite rules.',
  ),
  plugin_not_found: once(
    'The IGNY8 plugin is not active on the site',
    'Install and activate the IGNY8 Bridge plugin, then connect again.',
  ),
  plugin_too_old: once(
    'The plugin is too old',
    'Update the IGNY8 Bridge plugin to its newest version, then connect again.',
  ),
  plugin_not_connected: once('The plugin is not connected', 'Open Settings → IGNY8 in wp-admin and press Connect.'),
  signature_rejected: once(
    'The site refused our signature',
    'Open Settings → IGNY8 in wp-admin, disconnect and connect again.',
  ),
  signature_removed: once(
    'Something on the way removes our signature',
    'Ask the host which proxy or security rule removes request headers that start with “webhook-”, and to exempt /wp-json/igny8/v1/ from it.',
  ),
  body_changed: once(
    'Something on the way changes our requests',
    'Exempt /wp-json/igny8/v1/ in the security plugin or proxy that changes request bodies.',
  ),
  clock_skew: once(
    'The clock of the site is wrong',
    'Ask the host to set the server’s clock (NTP). It may be five minutes off at most.',
  ),
  other_integration: once(
    'The site is connected to another integration',
    'Disconnect in the plugin’s settings and connect again with the API key of this site.',
  ),
  clone_detected: once(
    'A copy of the site answers in its place',
    'Open Settings → IGNY8 in wp-admin of the copy and choose whether the site has moved, this is a copy, or both addresses are one site.',
  ),
  request_rejected: once(
    'The site did not understand the request',
    'Update the plugin. If it is up to date, ask the host whether a proxy or firewall changes our requests.',
  ),
  site_not_polling: retryable(
    'The site can’t be called and does not poll',
    'Have an external cron call the address shown under Settings → IGNY8, so that the site polls regularly. Opening wp-admin once also helps.',
  ),
  waiting_for_site: retryable(
    'Waiting for the site’s next poll',
    'Nothing to do: the site can’t be called from outside, so the work waits until it polls.',
  ),
  request_too_large: once(
    'The site refuses requests of this size',
    'Ask the host to allow request bodies of 2 MB (client_max_body_size, post_max_size).',
  ),
  command_failed: retryable(
    'The plugin could not carry out a command',
    'Read the detail. The plugin’s log in wp-admin has more.',
  ),
  // Trouble on the site
  wordpress_error: retryable(
    'The site answered with an error',
    'Look for a fatal error in the PHP log of the site: a plugin or theme may have crashed.',
  ),
  wordpress_busy: retryable('The site is busy or under maintenance', 'Nothing to do: we try again automatically.'),
  // The answer
  response_too_large: once(
    'The answer of the site is too large',
    'Update the plugin. If it is up to date, another plugin adds to the site’s answers.',
  ),
  response_truncated: retryable(
    'The answer of the site broke off',
    'Try again. If it keeps failing, ask the host about PHP memory and time limits.',
  ),
  response_empty: retryable('The answer of the site is empty', 'Look for a fatal error in the PHP log of the site.'),
  response_not_json: once(
    'The answer of the site is not valid JSON',
    'Look for a plugin that changes the output of the REST API, for example an optimiser.',
  ),
  response_leading_garbage: once(
    'Something is printed before the answer of the site',
    'Set WP_DEBUG_DISPLAY to false in wp-config.php. The detail shows what is printed.',
  ),
  response_trailing_garbage: once(
    'Something is printed after the answer of the site',
    'Find the plugin or theme that prints to every response. The detail shows what is printed.',
  ),
  response_unsigned: once(
    'The answer of the site is not signed',
    'Exclude /wp-json/igny8/v1/ from caches and optimisers, since they change the answer. If that does not help, connect again.',
  ),
  response_invalid: once(
    'The answer of the site does not follow the protocol',
    'Update the plugin to its newest version.',
  ),
} as const satisfies Record<string, LinkErrorEntry>

export type LinkErrorCode = keyof typeof LINK_ERRORS

/**
 * Failures that polling doesn't solve: the address is not valid, the site answers and refuses, or it can't carry out a
 * command.
 */
const NOT_SOLVED: ReadonlySet<LinkErrorCode> = new Set([
  'invalid_site_url',
  'plugin_too_old',
  'plugin_not_connected',
  'signature_rejected',
  'clock_skew',
  'other_integration',
  'clone_detected',
  'command_failed',
  'site_not_polling',
  'waiting_for_site',
])

/** Whether a site that can't be called for this reason may connect by polling. */
export const isSolvedByPolling = (code: string): boolean =>
  Object.hasOwn(LINK_ERRORS, code) && !NOT_SOLVED.has(code as LinkErrorCode)

/** Whether the same request may succeed later although nobody changed anything. */
export const isRetryable = (code: string): boolean =>
  Object.hasOwn(LINK_ERRORS, code) && LINK_ERRORS[code as LinkErrorCode].retryable

/** A failure as a value, since RPC carries no custom errors. `evidence` lists the requests and answers until then. */
export interface LinkFailure {
  ok: false
  code: LinkErrorCode
  detail: string
  fix: string
  evidence: EvidenceStep[]
  retryable: boolean
  /** Seconds from the site's `Retry-After`; null if it sent none. */
  retryAfterS: number | null
}
