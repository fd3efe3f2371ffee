import { join } from 'node:path'
import { NODE, PLUGIN, ROOT } from '../lib/paths.ts'
import { runCommand } from '../lib/processes.ts'
import { phpString } from '../wordpress/config.ts'
import { startWordPress } from '../wordpress/native.ts'
import { ensurePackage } from '../wordpress/downloads.ts'
import { wrapPhp } from '../wordpress/php.ts'
import { STABLE, ensureSources } from '../wordpress/sources.ts'
import type { Outcome, Suite } from './suite.ts'

/** The oldest PHP that the plugin supports, and the newest to be had; this machine's own runs the tests. */
const VERSIONS = ['7.4', '8.5']
const PACKAGE = join(ROOT, 'scripts/php-versions')

type Answer = { text: string; errors: string; exitCode: number }

/** PHP that loads every class of the plugin and has it do what it does on every site; prints what PHP complains about. */
const exercise = `
  foreach ( new RecursiveIteratorIterator( new RecursiveDirectoryIterator( ${phpString(`${PLUGIN}/includes`)}, FilesystemIterator::SKIP_DOTS ) ) as $file ) {
    if ( 'php' === $file->getExtension() && false === strpos( $file->getPathname(), '/Cli/' ) ) { require_once $file->getPathname(); }
  }
  wp_set_current_user( 1 );
  require_once ABSPATH . 'wp-admin/includes/admin.php';
  ob_start();
  Igny8\\Bridge\\Plugin::instance()->settings_page()->render();
  $page = ob_get_clean();
  $structure = igny8_get_site_structure();
  $refusal = rest_do_request( new WP_REST_Request( 'POST', '/igny8/v1/commands' ) )->get_status();
  do_action( 'igny8_sync_site_structure' );
  echo json_encode( array( 'php' => PHP_VERSION, 'posts' => $structure['post_types']['post']['count'], 'page' => false !== strpos( $page, 'data-igny8-state' ),
    'refusal' => $refusal, 'complaints' => $igny8_complaints ) );`

/** Collects notices, warnings and deprecations in the plugin's own files; others' are theirs. */
const collect = `
  $igny8_complaints = array();
  set_error_handler( static function ( $level, $message, $file, $line ) use ( &$igny8_complaints ) {
    if ( false !== strpos( $file, 'igny8-wordpress-bridge' ) ) { $igny8_complaints[] = "$message in $file:$line"; }
    return true;
  } );`

/** The plugin in a real WordPress under other versions of PHP than this machine's. */
export const phpVersionsSuite: Suite = {
  name: `php ${VERSIONS.join(' and ')} in WebAssembly`,
  run: async () => {
    await ensurePackage(PACKAGE)
    const { sqliteDriver } = await ensureSources(STABLE)
    const total: Outcome = { passed: 0, failed: 0, output: '' }
    for (const version of VERSIONS) {
      const { root, state, url } = await startWordPress({ serve: false, plugins: [PLUGIN] })
      const code = wrapPhp({ root, url }, exercise).replace('<?php', `<?php error_reporting( E_ALL ); ${collect}`)
      const input = JSON.stringify({ version, mounts: [root, state, sqliteDriver, PLUGIN], code })
      const { stdout } = await runCommand(NODE, [join(PACKAGE, 'run.ts')], { input, cwd: PACKAGE })
      const problem = judge(version, JSON.parse(stdout) as Answer)
      if (problem === '') total.passed++
      else total.failed++
      total.output += problem
    }
    return total
  },
}

function judge(version: string, { text, errors, exitCode }: Answer): string {
  const wanted = { posts: 1, page: true, refusal: 409, complaints: [] }
  try {
    const { php, ...found } = JSON.parse(text) as { php: string }
    const isGood = php.startsWith(version) && JSON.stringify(found) === JSON.stringify(wanted)
    return isGood ? '' : `PHP ${php}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}\n`
  } catch {
    return `PHP ${version} ended with ${exitCode}:\n${text}\n${errors}\n`
  }
}
