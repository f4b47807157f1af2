import { httpDeployed } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(httpDeployed)
