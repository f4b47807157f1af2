import { nodePortSharedRule } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(nodePortSharedRule)
