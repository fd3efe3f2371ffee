import type { EvidenceStep } from './evidence.ts'

/**
 * Everything that can go wrong between the API and a site: what it is called, and what the site's owner does about it.
 * 422: the request was understood, and the site could not be reached or used as it asks. `retryable` says whether the
 * same request may succeed later without anybody changing anything.
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
    'The site URL is not usable',
    'Enter the address of the site as https:// and its domain name, without user name or port.',
  ),
  https_required: once(
    'The site is not served over HTTPS',
    'Set up HTTPS for the site (most hosts do it free of charge) and enter its https:// address.',
  ),
  private_address: once(
    'The site URL points into a private network',
    'Enter an address that can be reached from the internet.',
  ),
  // The connection
  dns_failed: retryable(
    'The domain name was not found',
    'Check the spelling of the domain; if it is new or has just moved, wait until its DNS records are visible.',
  ),
  unreachable: retryable(
    'The site could not be reached',
    'Check that the site opens in a browser from outside your network, without a warning about its certificate, and that its firewall lets our requests through.',
  ),
  connection_lost: retryable(
    'The connection to the site was lost',
    'Try again; if it stays, ask the host whether a firewall or a crashing PHP process ends the requests.',
  ),
  tls_error: once(
    'The site’s HTTPS certificate is not valid',
    'Renew the certificate, or install one for exactly this domain name; the host can do it.',
  ),
  wordpress_timeout: retryable(
    'The site did not answer in time',
    'Try again; if it stays, ask the host why requests to /wp-json/ take so long.',
  ),
  // Redirects
  redirected_elsewhere: once(
    'The site redirects to another address',
    'Enter the address that it redirects to as the site URL.',
  ),
  too_many_redirects: once(
    'The site redirects in circles',
    'Set the WordPress Address and Site Address under Settings → General to the address that visitors see, and clear caches.',
  ),
  redirect_loses_post: once(
    'The site redirects the REST API',
    'Enter the address that it redirects to (with or without www., https://) as the site URL and connect again.',
  ),
  redirect_broken: once(
    'The site answers with a broken redirect',
    'Check the redirect rules of the server or of a redirect plugin.',
  ),
  // Something else answers
  not_wordpress: once(
    'There is no WordPress at this address',
    'Enter the address of the WordPress site itself, with its folder if it is installed in one.',
  ),
  answered_html: once(
    'The site answers with a web page instead of data',
    'Clear page caches and exclude /wp-json/ from them; switch off what removes the REST API, such as a snippet, or a “coming soon” mode.',
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
    'Switch off the plugin or snippet that removes the REST API; else open Settings → Permalinks in wp-admin, press Save once, and check the server’s rewrite rules.',
  ),
  plugin_not_found: once(
    'The IGNY8 plugin is not active on the site',
    'Install and activate the IGNY8 WordPress Bridge plugin, then connect again.',
  ),
  plugin_too_old: once(
    'The plugin is too old',
    'Update the IGNY8 WordPress Bridge plugin to its newest version, then connect again.',
  ),
  plugin_not_connected: once('The plugin is not connected', 'Open Settings → IGNY8 in wp-admin and press Connect.'),
  signature_rejected: once(
    'The site refused our signature',
    'Open Settings → IGNY8 in wp-admin, disconnect and connect again.',
  ),
  signature_removed: once(
    'Something on the way removes our signature',
    'Ask the host which proxy or security rule removes request headers that start with “webhook-”, and have it exempt /wp-json/igny8/v1/.',
  ),
  body_changed: once(
    'Something on the way changes our requests',
    'Exempt /wp-json/igny8/v1/ in the security plugin or proxy that changes request bodies.',
  ),
  clock_skew: once(
    'The clock of the site is wrong',
    'Ask the host to set the server’s clock (NTP); it may be at most five minutes off.',
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
    'Update the plugin; if it is up to date, a proxy or firewall changes our requests.',
  ),
  site_not_polling: retryable(
    'The site can neither be called nor does it call',
    'Open wp-admin once, or have an external cron call the address shown under Settings → IGNY8, so that the site calls regularly.',
  ),
  waiting_for_site: retryable(
    'The site is asked when it calls next',
    'Nothing to do: it can’t be called from outside, and the work is queued until it calls.',
  ),
  request_too_large: once(
    'The site refuses requests of this size',
    'Ask the host to allow request bodies of 2 MB (client_max_body_size, post_max_size).',
  ),
  command_failed: retryable(
    'The plugin could not carry out a command',
    'See the detail; the plugin’s log in wp-admin has more.',
  ),
  // Trouble on the site
  wordpress_error: retryable(
    'The site answered with an error',
    'Look for a fatal error in the PHP log of the site; a plugin or theme may have crashed.',
  ),
  wordpress_busy: retryable('The site is busy or under maintenance', 'Nothing to do: we try again by ourselves.'),
  // The answer
  response_too_large: once(
    'The answer of the site is too large',
    'Update the plugin; if it is up to date, another plugin adds to its answers.',
  ),
  response_truncated: retryable(
    'The answer of the site broke off',
    'Try again; if it stays, ask the host about PHP memory and time limits.',
  ),
  response_empty: retryable('The answer of the site is empty', 'Look for a fatal error in the PHP log of the site.'),
  response_not_json: once(
    'The answer of the site is not valid JSON',
    'Look for a plugin that changes the output of the REST API, for example an optimiser.',
  ),
  response_leading_garbage: once(
    'Something is printed before the answer of the site',
    'Set WP_DEBUG_DISPLAY to false in wp-config.php; the detail shows what is printed.',
  ),
  response_trailing_garbage: once(
    'Something is printed after the answer of the site',
    'Find the plugin or theme that prints to every response; the detail shows what is printed.',
  ),
  response_unsigned: once(
    'The answer of the site is not signed',
    'Exclude /wp-json/igny8/v1/ from caches and optimisers, which change it; else disconnect and connect again.',
  ),
  response_invalid: once(
    'The answer of the site is not what the protocol says',
    'Update the plugin to its newest version.',
  ),
} as const satisfies Record<string, LinkErrorEntry>

export type LinkErrorCode = keyof typeof LINK_ERRORS

/**
 * What another transport doesn't mend: the address is none, the site answers and refuses us, or it can't carry out a command.
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

/** Whether a site that can't be called for this reason may be served by its own calls. */
export const isSolvedByPolling = (code: string): boolean =>
  Object.hasOwn(LINK_ERRORS, code) && !NOT_SOLVED.has(code as LinkErrorCode)

/** A failure as a value, for crossing RPC. `evidence` lists what was asked and answered up to then. */
export interface LinkFailure {
  ok: false
  code: LinkErrorCode
  detail: string
  fix: string
  evidence: EvidenceStep[]
  retryable: boolean
  /** What the site asked for with `Retry-After`, in seconds; null where it did not. */
  retryAfterS: number | null
}
