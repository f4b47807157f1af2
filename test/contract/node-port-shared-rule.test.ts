import { contractOf } from './contract.ts'
import { nodePortSharedRule } from './members.ts'

contractOf(nodePortSharedRule)
