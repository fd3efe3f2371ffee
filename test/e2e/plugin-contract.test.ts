import { startMariaDb } from '../../scripts/wordpress/mariadb.ts'
import type { Carrier } from '../../src/contract/exchange.ts'
import { describeContract } from '../model/contract/contract.ts'
import { startPluginSubject } from '../model/contract/plugin-subject.ts'
import type { Subject } from '../model/contract/subject.ts'

describeContract('the plugin in a real WordPress on SQLite', () => startPluginSubject())

describeContract('the plugin that calls by itself', () => startPluginSubject({}, 'exchange'), 'exchange')

/** The oldest WordPress there is, with what its hosts have. */
async function startOldSubject(carrier: Carrier = 'direct'): Promise<Subject> {
  const database = await startMariaDb()
  const subject = await startPluginSubject({ version: '6.1', database, permalinks: 'plain' }, carrier)
  return {
    ...subject,
    stop: async () => {
      await subject.stop()
      await database.stop()
    },
  }
}

describeContract('the plugin in WordPress 6.1 on MariaDB with plain permalinks', () => startOldSubject())

describeContract('that plugin calling by itself', () => startOldSubject('exchange'), 'exchange')
