import { albRule } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(albRule, ['service', 'worker', 'cli', 'plugin'])
