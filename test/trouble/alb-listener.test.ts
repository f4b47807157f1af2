import { albListener } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(albListener)
