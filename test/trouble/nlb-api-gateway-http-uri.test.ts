import { httpUri } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(httpUri)
