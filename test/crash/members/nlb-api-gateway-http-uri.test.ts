import { httpUri } from '../../contract/members.ts'
import { crashesOf } from '../crash.ts'

crashesOf(httpUri)
