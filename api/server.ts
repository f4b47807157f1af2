/** The process that `npm start` starts. */
import { runService } from './service.ts'

await runService()
