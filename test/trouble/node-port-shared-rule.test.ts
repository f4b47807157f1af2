import { nodePortSharedRule } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(nodePortSharedRule)
