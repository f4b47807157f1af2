import { listenerWeights } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(listenerWeights)
