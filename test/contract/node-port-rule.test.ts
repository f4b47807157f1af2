import { contractOf } from './contract.ts'
import { nodePortRule } from './members.ts'

contractOf(nodePortRule)
