/** The service as `npm start` runs it, but at the stop point that the file CUTOVER_STOP_FILE names it stays, for as long as the file is there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { runService } from '../../api/service.ts'
import { reachedFile } from './stop.ts'

const file = process.env['CUTOVER_STOP_FILE'] ?? ''

await runService(async (point) => {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== point) return
  writeFileSync(reachedFile(file), point)
  while (existsSync(file)) await sleep(20)
})
