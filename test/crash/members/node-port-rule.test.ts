import { nodePortRule } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(nodePortRule)
