import { contractOf } from './contract.ts'
import { albRule } from './members.ts'

contractOf(albRule)
