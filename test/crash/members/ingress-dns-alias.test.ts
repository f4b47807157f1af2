import { ingressDnsAlias } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(ingressDnsAlias)
