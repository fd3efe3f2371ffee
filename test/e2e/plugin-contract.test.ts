import { startMariaDb } from '../../scripts/wordpress/mariadb.ts'
import { describeContract } from '../model/contract/contract.ts'
import { startPluginSubject } from '../model/contract/plugin-subject.ts'
import type { Subject } from '../model/contract/subject.ts'

describeContract('the plugin in a real WordPress on SQLite', () => startPluginSubject())

// what the transports share is held on both databases by being called; here it is the way that differs
describeContract(
  'the plugin that calls by itself, in a real WordPress on SQLite alone',
  () => startPluginSubject({}, 'polling'),
  'polling',
)

/** The oldest WordPress there is, with what its hosts have. */
async function startOldSubject(): Promise<Subject> {
  const database = await startMariaDb()
  const subject = await startPluginSubject({ version: '6.1', database, permalinks: 'plain' })
  return {
    ...subject,
    stop: async () => {
      await subject.stop()
      await database.stop()
    },
  }
}

describeContract('the plugin in WordPress 6.1 on MariaDB with plain permalinks', () => startOldSubject())
