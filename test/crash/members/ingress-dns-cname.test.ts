import { ingressDnsCname } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(ingressDnsCname)
