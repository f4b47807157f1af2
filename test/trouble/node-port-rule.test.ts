import { nodePortRule } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(nodePortRule)
