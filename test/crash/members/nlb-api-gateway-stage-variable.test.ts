import { stageVariable } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(stageVariable)
