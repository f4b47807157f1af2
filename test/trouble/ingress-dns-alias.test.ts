import { ingressDnsAlias } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(ingressDnsAlias)
