import { nodePortShared } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(nodePortShared)
