import { describeContract } from '../model/contract/contract.ts'
import { createModelSubject } from '../model/contract/model-subject.ts'

describeContract('the model WordPress', createModelSubject)
