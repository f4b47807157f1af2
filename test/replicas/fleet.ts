import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serviceProcess, type ServiceProcess } from '../../demo/stage.ts'
import { residentBytes } from '../../automation/engine/processes.ts'
import { workersOf } from '../support/tree.ts'

export interface FleetOptions {
  readonly replicas: number
  /** Engine operations at once, of each; a rollback has one more. */
  readonly workers: number
  /** How AWS is reached. */
  readonly env: Readonly<Record<string, string>>
  readonly databaseUrl: string
  /** Each has a data directory in it, as on a machine of its own. */
  readonly folder: string
}

/** One of the services; it may be killed, and is started again at the same address. */
export interface Replica {
  readonly name: string
  readonly process: ServiceProcess
  /** From when it accepts operations until it is killed. */
  up: boolean
}

/** Services that share a journal and nothing else but the passphrase. */
export class Fleet {
  readonly replicas: readonly Replica[]
  #starts: Promise<void> = Promise.resolve()

  private constructor(replicas: readonly Replica[]) {
    this.replicas = replicas
  }

  static async start({ replicas: count, workers, env, databaseUrl, folder }: FleetOptions): Promise<Fleet> {
    const passphrase = join(folder, 'passphrase')
    await writeFile(passphrase, randomBytes(16).toString('hex'), { mode: 0o600 })
    const replicas = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const name = `replica-${index + 1}`
        const dataDir = join(folder, name)
        await mkdir(dataDir, { mode: 0o700 })
        const own = { ...env, DATABASE_URL: databaseUrl, PULUMI_CONFIG_PASSPHRASE_FILE: passphrase }
        const process = await serviceProcess({ env: own, dataDir, workers, port: 0, logLevel: 'silent' })
        return { name, process, up: false }
      }),
    )
    const fleet = new Fleet(replicas)
    try {
      await Promise.all(replicas.map((replica) => fleet.startAgain(replica)))
    } catch (error) {
      await fleet.stop()
      throw error
    }
    return fleet
  }

  get up(): readonly Replica[] {
    return this.replicas.filter(({ up }) => up)
  }

  /** With -9. Resolves when it is gone. */
  async kill(replica: Replica): Promise<void> {
    replica.up = false
    await replica.process.end('SIGKILL')
  }

  /** One after the other: what starts takes a core for seconds. Resolves when it accepts operations. */
  startAgain(replica: Replica): Promise<void> {
    this.#starts = this.#starts.then(async () => {
      await replica.process.start()
      replica.up = true
    })
    return this.#starts
  }

  /** Of all services and their engine workers, now. */
  residentBytes(): number {
    const pids = this.replicas.flatMap(({ process: { pid } }) =>
      pid ? [pid, ...workersOf(pid).map((w) => w.pid)] : [],
    )
    return pids.reduce((sum, pid) => sum + residentBytes(pid), 0)
  }

  async stop(): Promise<void> {
    await this.#starts.catch(() => undefined)
    await Promise.all(this.replicas.map(({ process }) => process.end()))
  }
}
