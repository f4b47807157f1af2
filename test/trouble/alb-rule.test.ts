import { albRule } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(albRule)
