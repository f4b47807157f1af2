import { nodePortListener } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(nodePortListener)
