import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { parse } from 'yaml'
import { buildApp } from '../../api/app.ts'
import type { App } from '../../api/fastify.ts'
import { loadConfig } from '../../api/config.ts'
import { createAutomation, type Automation } from '../../automation/automation.ts'
import { poolDefaults } from '../../automation/engine/pulumi-engine.ts'
import type { PassStopPoint } from '../../automation/stop-points.ts'
import { pgliteDialect } from '../../automation/store/pglite.ts'
import { postgresDialect, postgresListen } from '../../automation/store/postgres.ts'
import { Client } from '../../demo/client.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { openDoor } from './open-door.ts'

/** A sandbox and a service in the test's own process, with a client that drives it over REST. */
export interface TestService {
  readonly sandbox: Sandbox
  readonly automation: Automation
  readonly app: App
  readonly client: Client
  readonly url: string
  readonly dataDir: string
  stop(): Promise<void>
}

export interface TestServiceOptions {
  readonly sandbox?: Sandbox
  readonly dataDir?: string
  readonly pass?: PassStopPoint
  readonly workers?: number
  /** As long as the service's own, if nothing is said. */
  readonly awsWaitSeconds?: number
  /** PostgreSQL for the journal and Pulumi's state; unset: embedded. */
  readonly databaseUrl?: string
}

/** One that a service runs on; closed with `stop` of whoever made it. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const sandbox = options.sandbox ?? (await startSandbox({ scenario: 'small', timeScale: 60 }))
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'eks-cutover-test-')))
  useCredentials(sandbox)
  const { databaseUrl } = options
  const config = loadConfig({
    ...process.env,
    ...sandbox.ready.env,
    CUTOVER_DATA_DIR: dataDir,
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  })
  const automation = createAutomation({
    journal: databaseUrl
      ? {
          dialect: postgresDialect({ url: databaseUrl, connections: config.databaseConnections }),
          listen: postgresListen(databaseUrl),
          alone: false,
        }
      : { dialect: pgliteDialect(join(dataDir, 'journal'), inject('pgliteTemplate')), alone: true },
    aws: { endpoint: sandbox.ready.env['AWS_ENDPOINT_URL'] ?? '' },
    clockRate: config.clockRate,
    awsWaitSeconds: options.awsWaitSeconds ?? config.awsWaitSeconds,
    probeProxy: config.probeProxy,
    engine: {
      ...poolDefaults,
      workers: options.workers ?? 1,
      backendUrl: config.backendUrl,
      backendPasswordFile: config.backendPasswordFile,
      passphraseFile: config.passphraseFile,
      home: join(dataDir, 'pulumi-home'),
    },
    stacks: { folder: join(dataDir, 'stacks'), plugins: config.plugins, passphrase: config.passphrase.reveal() },
    ...(options.pass ? { pass: options.pass } : {}),
  })
  const app = await buildApp({ cutover: automation.cutover, logLevel: 'silent', ...openDoor })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  try {
    await automation.start()
  } catch (error) {
    await app.close()
    await automation.stop()
    throw error
  }
  const { migration } = parse(await inventoryText(sandbox)) as { migration: string }
  const client = new Client(url, migration)
  const stop = async (): Promise<void> => {
    await app.close()
    await automation.stop()
    if (!options.sandbox) await sandbox.stop()
    if (!options.dataDir) await rm(dataDir, { recursive: true, force: true })
  }
  return { sandbox, automation, app, client, url, dataDir, stop }
}

/** The SDK reads credentials from the environment; the engine's processes inherit it. */
function useCredentials({ ready }: Sandbox): void {
  for (const [name, value] of Object.entries(ready.env)) {
    if (name.startsWith('AWS_')) process.env[name] = value
  }
}

export const inventoryText = ({ ready }: Sandbox): Promise<string> => readFile(ready.inventory, 'utf8')
