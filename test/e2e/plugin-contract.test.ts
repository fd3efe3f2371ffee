import { describeContract } from '../model/contract/contract.ts'
import { startPluginSubject } from '../model/contract/plugin-subject.ts'

describeContract('the plugin in a real WordPress', () => startPluginSubject())
