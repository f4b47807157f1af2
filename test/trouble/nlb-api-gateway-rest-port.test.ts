import { restPort } from '../contract/members.ts'
import { troubleOf } from './trouble.ts'

troubleOf(restPort)
