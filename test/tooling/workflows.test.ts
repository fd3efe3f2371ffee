import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'

const Step = z.looseObject({ uses: z.string().optional(), run: z.string().optional() })
const Job = z.looseObject({
  'runs-on': z.string(),
  'timeout-minutes': z.number(),
  permissions: z.record(z.string(), z.string()).optional(),
  steps: z.array(Step).min(1),
})
const Workflow = z.looseObject({
  name: z.string(),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), Job),
})

const read = (path: string): unknown => parse(readFileSync(path, 'utf8'))
const workflows = globSync('.github/workflows/*.yml').map((path) => Object.assign(Workflow.parse(read(path)), { path }))
const jobs = workflows.flatMap(({ path, jobs: all }) => Object.entries(all).map(([name, job]) => ({ path, name, job })))
const runs = jobs.flatMap(({ job }) => job.steps.flatMap(({ run }) => run ?? []))

const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(read('package.json'))

/** Names of npm scripts that commands run. */
const scriptsIn = (commands: string[]) =>
  commands.flatMap((command) =>
    [...command.matchAll(/\bnpm (?:run (?:--\S+ )*([\w:]+)|(test|start)\b)/g)].map(([, run, own]) => run ?? own ?? ''),
  )

test('there is a workflow for checks, tests, the night and releases', () => {
  expect(workflows.map(({ name }) => name).toSorted()).toEqual(['check', 'nightly', 'release', 'test'])
})

test('every npm script that a workflow runs exists', () => {
  expect(scriptsIn(runs).length).toBeGreaterThan(6)
  expect(scriptsIn(runs).filter((name) => !(name in scripts))).toEqual([])
  expect(scriptsIn(['npm run --silent sbom', 'npm test', 'npm run a:b -- x'])).toEqual(['sbom', 'test', 'a:b'])
})

test('every action is pinned by its commit, with the version beside it', () => {
  const lines = workflows.flatMap(({ path }) => readFileSync(path, 'utf8').match(/^.*\buses:.*$/gm) ?? [])
  expect(lines.length).toBeGreaterThan(8)
  expect(lines.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([])
})

test('a workflow may read the repository, and only a release writes', () => {
  expect(workflows.map(({ permissions }) => permissions)).toEqual(workflows.map(() => ({ contents: 'read' })))
  const more = jobs
    .filter(({ job }) => job.permissions !== undefined)
    .map(({ path, name, job }) => [path, name, job.permissions])
  expect(more).toEqual([['.github/workflows/release.yml', 'release', { contents: 'write' }]])
})

test('no command holds a word that others write', () => {
  expect(runs.filter((run) => /\$\{\{ *(?:github|inputs|secrets)\b/.test(run))).toEqual([])
})

test('the nightly run plays 10,000 seeds', () => {
  expect(runs.some((run) => run.includes('npm run sim -- --seeds 10000'))).toBe(true)
})

test('issue forms and dependabot.yml are YAML of the right shape', () => {
  const Form = z.object({
    name: z.string(),
    description: z.string(),
    labels: z.array(z.string()),
    body: z
      .array(z.looseObject({ type: z.enum(['markdown', 'textarea', 'input']), attributes: z.looseObject({}) }))
      .min(1),
  })
  for (const path of globSync('.github/ISSUE_TEMPLATE/*.yml'))
    if (!path.endsWith('config.yml')) expect(Form.safeParse(read(path)).error, path).toBeUndefined()
  const Dependabot = z.object({
    version: z.literal(2),
    updates: z.array(
      z.looseObject({ 'package-ecosystem': z.enum(['npm', 'github-actions']), directory: z.literal('/') }),
    ),
  })
  expect(Dependabot.parse(read('.github/dependabot.yml')).updates).toHaveLength(2)
})
