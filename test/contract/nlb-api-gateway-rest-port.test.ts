import { contractOf } from './contract.ts'
import { restPort } from './members.ts'

contractOf(restPort)
