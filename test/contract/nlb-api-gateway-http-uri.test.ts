import { contractOf } from './contract.ts'
import { httpUri } from './members.ts'

contractOf(httpUri)
