import { contractOf } from './contract.ts'
import { ingressDnsAlias } from './members.ts'

contractOf(ingressDnsAlias)
