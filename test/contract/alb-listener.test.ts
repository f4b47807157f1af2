import { contractOf } from './contract.ts'
import { albListener } from './members.ts'

contractOf(albListener)
