/** What a release makes of CHANGELOG.md and of the changelog in the plugin's readme.txt. */
const UNRELEASED = /^## \[Unreleased\].*\n([\s\S]*?)(?=^## |$(?![\s\S]))/m
const README_UNRELEASED = '= Unreleased =\n'
const README_CHANGELOG = '== Changelog ==\n\n'

/** The entries of the section Unreleased of CHANGELOG.md; '' if it has none. */
export function readUnreleased(changelog: string): string {
  const text = UNRELEASED.exec(changelog)?.[1]?.trim() ?? ''
  return /^[-*] \S/m.test(text) ? text : ''
}

/**
 * Moves the section Unreleased of CHANGELOG.md under a version.
 * @param date as `2026-11-29`
 */
export const releaseChangelog = (changelog: string, version: string, date: string): string =>
  changelog.replace(UNRELEASED, (_, text: string) => `## [Unreleased]\n\n## [${version}] - ${date}\n${text}`)

/** The same for readme.txt, which may have nothing to say of a release. */
export function releaseReadme(readme: string, version: string): string {
  if (readme.includes(README_UNRELEASED)) return readme.replace(README_UNRELEASED, `= ${version} =\n`)
  return readme.replace(README_CHANGELOG, `${README_CHANGELOG}= ${version} =\n* Nothing has changed in the plugin.\n\n`)
}

/** The entries of a version in readme.txt, without their bullets. */
export function readmeNotes(readme: string, version: string): string[] {
  const changelog = readme.slice(readme.indexOf(README_CHANGELOG)).split(/\n== (?!Changelog)/)[0] ?? ''
  const section = changelog.split(`\n= ${version} =\n`)[1]?.split('\n= ')[0] ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('* '))
    .map((line) => line.slice(2).trim())
}
