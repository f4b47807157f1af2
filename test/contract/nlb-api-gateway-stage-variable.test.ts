import { contractOf } from './contract.ts'
import { stageVariable } from './members.ts'

contractOf(stageVariable)
