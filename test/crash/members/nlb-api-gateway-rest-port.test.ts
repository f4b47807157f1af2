import { restPort } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(restPort)
