import { afterAll, beforeAll, describe } from 'vitest'
import type { Transport } from '../../../src/contract/polling.ts'
import { describeTransport, describeDisconnected } from './transport.ts'
import { describeCounting } from './counting.ts'
import { describeDenying } from './denying.ts'
import { describeDigest } from './digest.ts'
import { describeDocuments } from './documents.ts'
import { describeIdentity } from './identity.ts'
import { describeLeavingAlone } from './leaving-alone.ts'
import { describePaging } from './paging.ts'
import { describeRelations } from './relations.ts'
import { describePublishing } from './publishing.ts'
import { describeSeo } from './seo.ts'
import type { Subject } from './subject.ts'
import { describeWebhooks } from './webhooks.ts'
import { describeWriting } from './writing.ts'

/**
 * The contract: checks a site against docs/protocol.md and docs/protocol-content.md. Runs for the model and the plugin.
 */
export function describeContract(name: string, start: () => Promise<Subject>, transport: Transport = 'direct'): void {
  describe(name, () => {
    let subject: Subject | undefined
    const get = () => {
      if (!subject) throw new Error('The site has not started')
      return subject
    }
    beforeAll(async () => {
      subject = await start()
    })
    afterAll(() => subject?.stop())
    describePaging(get)
    describeDocuments(get)
    describeDigest(get)
    if (transport === 'direct') describeTransport(get)
    describeWriting(get)
    describeIdentity(get)
    describePublishing(get)
    describeCounting(get)
    describeRelations(get)
    if (transport === 'polling') return
    describeWebhooks(get)
    describeDenying(get)
    describeLeavingAlone(get)
    describeSeo(get)
    describeDisconnected(get)
  })
}
