import { existsSync, rmSync, writeFileSync } from 'node:fs'
import type { StopPoint } from '../../automation/stop-points.ts'
import { until } from '../support/wait.ts'

/** Written by the service when it has come to the point that the file beside it names. */
export const reachedFile = (file: string): string => `${file}.reached`

/** Where the stopping service stays, told by a file. */
export class Stop {
  readonly file: string

  constructor(file: string) {
    this.file = file
  }

  at(point: StopPoint): void {
    rmSync(reachedFile(this.file), { force: true })
    writeFileSync(this.file, point)
  }

  reached(point: StopPoint): Promise<void> {
    return until(`the service has come to ${point}`, () => existsSync(reachedFile(this.file)), 120)
  }

  /** Whoever stays there goes on. */
  release(): void {
    rmSync(this.file, { force: true })
  }
}
