/**
 * What wordpress.org's Plugin Check 1.8 found in this plugin, kind by kind, so that none of it comes back: it needs a WordPress
 * and half a minute, and its packages are not here. CONTRIBUTING.md says how to run the whole of it.
 */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const PLUGIN = 'plugin/igny8-wordpress-bridge'
const MAIN_FILE = 'igny8-wordpress-bridge.php'
/** Plugin Check reads so many lines to find the guard. */
const GUARD_LINES = 50
const MOST_TAGS = 5
const LONGEST_SUMMARY = 150

const readme = readFileSync(`${PLUGIN}/readme.txt`, 'utf8')
const sources = globSync('**/*.php', { cwd: PLUGIN })
  .toSorted()
  .map((name) => ({ name, code: readFileSync(`${PLUGIN}/${name}`, 'utf8') }))

const withoutComments = (code: string) => code.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, '')
const statements = (code: string) => withoutComments(code).split(/;\s*\n/)

/** A statement that throws what it makes from texts: Plugin Check takes an exception's texts for output that isn't escaped. */
const throwsTexts = (code: string) =>
  statements(code).filter((statement) => /\bthrow\s+[^;]*?\(\s*(?!\))/.test(statement)).length

const QUERY = /->(?:query|get_var|get_col|get_row|get_results|prepare)\(\s*/g
const LITERAL = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*(.)/
/** A query whose SQL isn't one literal in the call itself: nobody who reads the call sees what is in it. */
function hidesSql(code: string): number {
  const text = withoutComments(code)
  const calls = [...text.matchAll(QUERY)].filter(({ index }) => text.slice(0, index).endsWith('$wpdb'))
  return calls.filter(({ 0: call, index }) => {
    const rest = text.slice(index + call.length)
    if (rest.startsWith('$wpdb->prepare(')) return false
    const end = LITERAL.exec(rest)?.[1]
    return end !== ',' && end !== ')'
  }).length
}

const INTERPOLATED = /(?<!\\)\$(\w+)(?!->|\w)/g
/** What makes a variable safe in SQL: names of our own tables, placeholders, whole numbers, what was prepared or escaped. */
const SAFE =
  /^(?:Tables::\w+\(\)|self::table\(\)|self::SQL\b.*|\$wpdb->\w+|.*array_fill\([^;]*'[(%][\s\S]*|[\s\S]*array_map\( '(?:intval|esc_sql)'[\s\S]*|esc_sql\([\s\S]*|[\s\S]*\$wpdb->prepare\([\s\S]*)$/
/** Variables in SQL that nothing makes safe, each as `name`. */
function unsafeSql(code: string): string[] {
  return withoutComments(code)
    .split(/\n\t(?=\w[\w ]* function )/)
    .flatMap((body) => {
      const literals = [...body.matchAll(/\$wpdb->\w+\(\s*(?:\$wpdb->prepare\(\s*)?("(?:[^"\\]|\\.)*")/g)]
      const names = literals.flatMap(([, sql = '']) => [...sql.matchAll(INTERPOLATED)].map(([, name = '']) => name))
      return [...new Set(names)].filter((name) => {
        const values = [...body.matchAll(new RegExp(`\\$${name}\\s*\\.?= ([^;]*);`, 'g'))].map(
          ([, value = '']) => value,
        )
        return name !== 'wpdb' && (values.length === 0 || !values.every((value) => SAFE.test(value)))
      })
    })
}

const isGuarded = ({ name, code }: { name: string; code: string }) =>
  code
    .split('\n')
    .slice(0, GUARD_LINES)
    .includes(`defined( '${name === 'uninstall.php' ? 'WP_UNINSTALL_PLUGIN' : 'ABSPATH'}' ) || exit;`)

const UPDATERS =
  /site_transient_update_|auto_update_plugin|plugin-update-checker|class \w+_Plugin_Updater|\* Update URI:/i

describe('as wordpress.org wants it,', () => {
  test('every file of the plugin ends at once if it is called directly', () => {
    expect(sources.length).toBeGreaterThan(200)
    expect(sources.filter((source) => !isGuarded(source)).map(({ name }) => name)).toEqual([])
    expect(isGuarded({ name: 'x.php', code: '<?php\nclass X {}\n' })).toBe(false)
  })

  test('no statement throws what it makes from texts', () => {
    expect(sources.filter(({ code }) => throwsTexts(code) > 0).map(({ name }) => name)).toEqual([])
    expect(throwsTexts("if ( $a ) {\n\tthrow new Failure( 'x', __( 'Text' ) );\n}\nthrow $b;\n")).toBe(1)
    expect(throwsTexts('throw Args::invalid( $name );\nthrow Error::missing();\n')).toBe(1)
  })

  test('every query shows its SQL where it is called', () => {
    expect(sources.filter(({ code }) => hidesSql(code) > 0).map(({ name }) => name)).toEqual([])
    expect(hidesSql('$wpdb->get_results( $sql );')).toBe(1)
    expect(hidesSql("$wpdb->query( $wpdb->prepare( 'SELECT 1 FROM ' . $table, 1 ) );")).toBe(1)
    expect(hidesSql('$wpdb->get_var( "SELECT 1" );')).toBe(0)
  })

  test('every variable in SQL is a table, a list of placeholders or numbers, or was escaped', () => {
    expect(sources.flatMap(({ name, code }) => unsafeSql(code).map((variable) => `${name}: ${variable}`))).toEqual([])
    expect(unsafeSql('$list = implode( $ids );\n$wpdb->get_col( "SELECT 1 WHERE ID IN ($list)" );')).toEqual(['list'])
    expect(unsafeSql('$wpdb->get_col( $wpdb->prepare( "SELECT $what", 1 ) );')).toEqual(['what'])
  })

  test('the plugin’s name has no trademark, and header and readme have the same one', () => {
    const main = sources.find(({ name }) => name === MAIN_FILE)?.code ?? ''
    const [, name] = /\* Plugin Name:\s+(.+)/.exec(main) ?? []
    expect(readme.split('\n')[0]).toBe(`=== ${name} ===`)
    expect(name).not.toMatch(/wordpress|\bwp\b|plugin/i)
  })

  test('the source has no updater that wordpress.org refuses: the header is added where a server serves it', () => {
    expect(sources.filter(({ code }) => UPDATERS.test(code)).map(({ name }) => name)).toEqual([])
  })

  test('the readme is current', () => {
    expect(readme).toContain('\nTested up to: 7.1\n')
    expect((/\nTags: (.+)\n/.exec(readme)?.[1] ?? '').split(', ').length).toBeLessThanOrEqual(MOST_TAGS)
    const [summary = ''] = readme.split('\n\n').slice(1)
    expect(summary.length).toBeLessThanOrEqual(LONGEST_SUMMARY)
  })
})
