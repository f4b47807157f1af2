import { albListener } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(albListener)
