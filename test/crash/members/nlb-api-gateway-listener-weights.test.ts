import { listenerWeights } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(listenerWeights)
