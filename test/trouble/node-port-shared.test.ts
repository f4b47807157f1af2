import { nodePortShared } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(nodePortShared)
