import { contractOf } from './contract.ts'
import { listenerWeights } from './members.ts'

contractOf(listenerWeights)
