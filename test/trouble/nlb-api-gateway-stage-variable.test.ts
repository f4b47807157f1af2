import { stageVariable } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(stageVariable)
