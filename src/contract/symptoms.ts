/** Layers between the API and the content that can cause a problem, from the outside in. */
export const LAYERS = [
  'dns',
  'network',
  'tls',
  'redirect',
  'web_server',
  'basic_auth',
  'captcha',
  'firewall',
  'page_cache',
  'login_wall',
  'security_plugin',
  'permalinks',
  'rest_api',
  'wordpress',
  'php',
  'plugin',
  'headers',
  'signature',
  'clock',
  'cron',
  'outbox',
  'clone',
  'connection',
] as const
export type Layer = (typeof LAYERS)[number]

interface SymptomEntry {
  layer: Layer
  /** `warning` makes a connection degraded; only the doctor shows `info` and `ok`. */
  severity: 'ok' | 'info' | 'warning'
  title: string
  fix: string
}

const ok = (layer: Layer, title: string) => ({ layer, severity: 'ok', title, fix: '' }) as const
const info = (layer: Layer, title: string, fix: string) => ({ layer, severity: 'info', title, fix }) as const
const warning = (layer: Layer, title: string, fix: string) => ({ layer, severity: 'warning', title, fix }) as const

/** Findings on a site that answers or polls. */
export const SYMPTOMS = {
  plugin_outdated: warning('plugin', 'The plugin is too old', 'Update the IGNY8 Bridge plugin to its newest version.'),
  clock_off: warning(
    'clock',
    'The clock of the site is off',
    'Ask the host to set the server’s clock (NTP). If it is five minutes off, every message is refused.',
  ),
  changes_not_noted: warning(
    'outbox',
    'The plugin can’t record changes',
    'Give the database user of WordPress the right to create tables, then deactivate and activate the plugin.',
  ),
  outbox_lagging: warning(
    'outbox',
    'Changes on the site are waiting to be sent',
    'Check that the site can reach the IGNY8 API and that its cron runs. No change is lost.',
  ),
  acting_user_unusable: warning(
    'wordpress',
    'The plugin has no user as whom it can write',
    'In wp-admin, choose another user under Settings → IGNY8. Until then, changes from IGNY8 are refused.',
  ),
  acting_user_default: info(
    'wordpress',
    'Nobody chose as whom the plugin writes',
    'It writes as the first administrator. To change that, choose a user under Settings → IGNY8 in wp-admin.',
  ),
  acting_user_able: ok('wordpress', 'The plugin has a user as whom it can write'),
  cron_stale: warning(
    'cron',
    'Scheduled tasks of the site do not run',
    'Have the host call wp-cron.php every five minutes, or remove DISABLE_WP_CRON from wp-config.php.',
  ),
  schedule_missed: warning(
    'cron',
    'Scheduled posts were not published',
    'Publish the posts that detail names in wp-admin, or give them a new date. Have the host call wp-cron.php every five minutes.',
  ),
  memory_low: warning(
    'php',
    'PHP has very little memory',
    'Set WP_MEMORY_LIMIT to 128M or more in wp-config.php, or ask the host.',
  ),
  time_limit_low: warning(
    'php',
    'PHP may only run for a very short time',
    'Ask the host to set max_execution_time to 30 seconds or more.',
  ),
  served_by_polling: warning(
    'connection',
    'The site can’t be called, so it polls IGNY8',
    'Nothing to do: it stays in sync. To make changes arrive at once, remove what blocks our calls.',
  ),
  callable_again: info(
    'connection',
    'The site can be called again',
    'Nothing to do: we call it again after the next check. Test the connection to do so now.',
  ),
  header_stripped: info(
    'headers',
    'Something on the way removes headers of our requests',
    'Sync works without them, but support can’t match the logs of both sides. Ask the host to let them pass.',
  ),
  address_rewritten: info(
    'web_server',
    'WordPress sees another address than the one we call',
    'If links or redirects are wrong, have the proxy pass the Host and X-Forwarded-Proto headers.',
  ),
  served_from_cache: info(
    'page_cache',
    'A page cache sits in front of the REST API',
    'Exclude /wp-json/igny8/v1/ from page caches.',
  ),
  rest_index_blocked: info(
    'rest_api',
    'The index of the REST API is blocked, the plugin’s routes are open',
    'Nothing to do: a security plugin blocks the rest.',
  ),
  permalinks_plain: info('permalinks', 'The site has plain permalinks', 'Nothing to do: we use ?rest_route= instead.'),
  cron_disabled: info(
    'cron',
    'WP-Cron is switched off',
    'Make sure that the host calls wp-cron.php every five minutes.',
  ),
  schedule_late: info(
    'cron',
    'Scheduled posts are published late',
    'The plugin publishes them. To have them on time, have the host call wp-cron.php every five minutes.',
  ),
  sync_paused: info(
    'plugin',
    'Sync is switched off in the plugin’s settings',
    'Switch it on in Settings → IGNY8 if it should run.',
  ),
  answered: ok('connection', 'The plugin answers with a valid signature'),
  headers_arrive: ok('headers', 'Method, headers and body arrive as they were sent'),
  clock_right: ok('clock', 'The clock is correct'),
  cron_runs: ok('cron', 'Scheduled tasks run'),
  schedule_kept: ok('cron', 'Scheduled posts are published on time'),
  changes_sent: ok('outbox', 'Every recorded change was sent'),
  php_sufficient: ok('php', 'PHP has enough memory and time'),
} as const satisfies Record<string, SymptomEntry>
export type SymptomCode = keyof typeof SYMPTOMS
