import { contractOf } from './contract.ts'
import { ingressDnsCname } from './members.ts'

contractOf(ingressDnsCname)
