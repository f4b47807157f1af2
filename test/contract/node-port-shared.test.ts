import { contractOf } from './contract.ts'
import { nodePortShared } from './members.ts'

contractOf(nodePortShared)
