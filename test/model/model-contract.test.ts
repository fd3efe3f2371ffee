import { describeContract } from './contract/contract.ts'
import { createModelSubject } from './contract/model-subject.ts'

describeContract('the model WordPress', () => createModelSubject())
describeContract('the model WordPress that calls by itself', () => createModelSubject('polling'), 'polling')
