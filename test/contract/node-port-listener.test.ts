import { contractOf } from './contract.ts'
import { nodePortListener } from './members.ts'

contractOf(nodePortListener)
