import { describeContract } from '../model/contract/contract.ts'
import { createModelSubject } from '../model/contract/model-subject.ts'

describeContract('the model WordPress', () => createModelSubject())
describeContract('the model WordPress that calls by itself', () => createModelSubject('exchange'), 'exchange')
