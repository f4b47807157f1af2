import { ingressDnsCname } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(ingressDnsCname)
