// npm run cost: what a month of many sites costs, counted on the running Worker (docs/scale.md).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../scripts/lib/paths.ts'
import { stopEverything } from '../../scripts/lib/shutdown.ts'
import { readConfiguration } from './assumptions.ts'
import { measure } from './measure.ts'
import { estimate } from './model.ts'
import { OptionError, readOptions, type Options } from './options.ts'
import { printEstimate } from './print.ts'
import { PRICES, PRICES_OF } from './prices.ts'
import { readCounts } from './saved.ts'
import { TARGET_DOLLARS, TARGET_OF_SIZE } from './target.ts'

async function main({ scenario, isJson, from }: Options): Promise<void> {
  const tell = (text: string) => console.error(`• ${text}`)
  const counts = from === null ? await measure(tell) : readCounts(from)
  const configuration = readConfiguration(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'))
  const told = estimate(counts, scenario, configuration)
  const tenfold = estimate(counts, { ...scenario, items: scenario.items * 10 }, configuration)
  if (!isJson) return printEstimate(told, counts, tenfold.total)
  const target = {
    dollars: TARGET_DOLLARS,
    ratio: told.total / TARGET_DOLLARS,
    of_size: TARGET_OF_SIZE,
    ratio_of_size: tenfold.total / told.total,
  }
  console.log(JSON.stringify({ prices_of: PRICES_OF, prices: PRICES, configuration, target, ...told, counts }, null, 2))
}

try {
  await main(readOptions(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof OptionError)) throw error
  console.error(error.message)
  process.exitCode = 1
} finally {
  await stopEverything()
}
