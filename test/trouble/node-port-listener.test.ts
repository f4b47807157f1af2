import { nodePortListener } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(nodePortListener)
