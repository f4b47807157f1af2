import { httpDeployed } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(httpDeployed)
