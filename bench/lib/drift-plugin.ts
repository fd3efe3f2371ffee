import { PLUGIN } from '../../scripts/lib/paths.ts'
import { startMariaDb } from '../../scripts/wordpress/mariadb.ts'
import { startWordPress } from '../../scripts/wordpress/native.ts'
import type { WordPressOptions } from '../../scripts/wordpress/types.ts'
import type { Row } from './report.ts'

const MARK = '\u0001'

/** Posts of 1 kB with two terms and two meta that travel and one that doesn't, by SQL. */
const fill = (items: number) => `
  $time  = '2024-01-01 00:00:00';
  $body  = esc_sql( str_repeat( "<!-- wp:paragraph --><p>Some “words” of a text.</p><!-- /wp:paragraph -->\n", 14 ) );
  $names = 'post_author, post_date, post_date_gmt, post_content, post_title, post_excerpt, post_status, post_name, post_modified, post_modified_gmt, post_type, to_ping, pinged, post_content_filtered';
  $wpdb->query( "DELETE FROM $wpdb->posts" );
  for ( $i = 0; $i < 10; $i++ ) {
    $rows = array_fill( 0, 100, "( 1, '$time', '$time', '$body', 'Post', '', 'publish', 'post', '$time', '$time', 'post', '', '', '' )" );
    $wpdb->query( "INSERT INTO $wpdb->posts ($names) VALUES " . implode( ',', $rows ) );
  }
  $last = (int) $wpdb->get_var( "SELECT MAX(ID) FROM $wpdb->posts" );
  for ( $i = 1; $i < ${items} / 1000; $i++ ) {
    $wpdb->query( "INSERT INTO $wpdb->posts ($names) SELECT $names FROM $wpdb->posts WHERE post_type = 'post' AND ID <= $last" );
  }
  foreach ( [ wp_insert_term( 'News', 'category' ), wp_insert_term( 'Blue', 'post_tag' ) ] as $term ) {
    $wpdb->query( "INSERT INTO $wpdb->term_relationships (object_id, term_taxonomy_id, term_order) SELECT ID, {$term['term_taxonomy_id']}, 0 FROM $wpdb->posts WHERE post_type = 'post'" );
  }
  $image = wp_insert_attachment( [ 'post_title' => 'Image', 'post_mime_type' => 'image/png' ], 'image.png' );
  foreach ( [ 'rank_math_title' => 'A title for search', '_thumbnail_id' => $image, '_elementor_data' => 'x' ] as $key => $value ) {
    $wpdb->query( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) SELECT ID, '$key', '$value' FROM $wpdb->posts WHERE post_type = 'post'" );
  }`

/** Runs the commands of an drift_check: digests of so many symbols, and a look at the posts. Prints milliseconds and memory as JSON. */
const measure = (symbols: number[], looked: number) => `
  $cpu = static function (): float { $u = getrusage(); return 1000 * $u['ru_utime.tv_sec'] + $u['ru_utime.tv_usec'] / 1000; };
  $run = static function ( string $name, array $args ): array {
    $batch   = [ [ 'id' => uniqid( 'cmd_' ), 'name' => $name, 'args' => $args ] ];
    $context = new Igny8\\Bridge\\Commands\\Context( 20000, 2000000 );
    $answer  = Igny8\\Bridge\\Plugin::instance()->executor->execute( $batch, $context );
    $result  = json_decode( $answer, true )['results'][0];
    if ( ! $result['ok'] ) { throw new Exception( $answer ); }
    return [ $result['data'], strlen( $answer ) ];
  };
  $out = [ 'ms' => 0, 'requests' => 0, 'bytes' => 0, 'count' => 0 ];
  $started = microtime( true ); $before = $cpu();
  foreach ( [ ${symbols.join()} ] as $size ) {
    $after = 0; $out['count'] = 0;
    do {
      list( $data, $bytes ) = $run( 'digest', [ 'type' => 'post', 'symbols' => $size, 'after' => $after ] );
      $out['requests']++; $out['bytes'] += $bytes; $out['count'] += $data['count'];
      $after = $data['next'];
    } while ( null !== $after );
  }
  $ids = array_map( 'intval', $wpdb->get_col( "SELECT ID FROM $wpdb->posts WHERE post_type = 'post' ORDER BY ID LIMIT ${looked}" ) );
  foreach ( array_chunk( $ids, 100 ) as $portion ) { $out['bytes'] += $run( 'fetch', [ 'ids' => $portion ] )[1]; }
  $out['cpu_ms'] = round( $cpu() - $before ); $out['ms'] = round( 1000 * ( microtime( true ) - $started ) );
  $out['mb'] = memory_get_peak_usage() / 1000000;
  echo "${MARK}", json_encode( $out );`

/** Symbols that the API asks for, by the number of edited posts. */
const DRIFT_CHECKS = [
  { count: 0, symbols: [64] },
  { count: 10, symbols: [64] },
  { count: 1000, symbols: [64, 3032] },
]

/** What an audit costs the real plugin, in a real WordPress on either database. */
export async function measureDriftOfPlugin(items: number): Promise<Row[]> {
  const mariaDb = await startMariaDb()
  const rows: Row[] = []
  for (const [label, database] of [
    ['MariaDB', mariaDb],
    ['SQLite', 'sqlite'],
  ] satisfies [string, WordPressOptions['database']][]) {
    const wordpress = await startWordPress({ database, plugins: [PLUGIN], serve: false })
    await wordpress.php(fill(items))
    for (const { count, symbols } of DRIFT_CHECKS) {
      const printed = await wordpress.php(measure(symbols, count))
      const found = JSON.parse(printed.slice(printed.indexOf(MARK) + 1)) as Record<string, number>
      if (found['count'] !== items) throw new Error(`${items} posts were to be digested: ${printed}`)
      rows.push({
        name: `drift of ${count} in ${items}, PHP on ${label}`,
        against: 'milliseconds of the real plugin for the digests and the look at the posts, all requests together.',
        value: found['ms'] ?? Number.NaN,
        unit: 'ms',
        details: {
          'ms of the processor, PHP alone': found['cpu_ms'] ?? 0,
          'requests for digests': found['requests'] ?? 0,
          'kB of answers': Math.round((found['bytes'] ?? 0) / 1000),
          'MB of memory': Math.round(found['mb'] ?? 0),
        },
      })
    }
    await wordpress.stop()
  }
  await mariaDb.stop()
  return rows
}
