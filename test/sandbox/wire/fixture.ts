import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { Clock } from '../../../sandbox/clock.ts'
import { services as allServices } from '../../../sandbox/cloud/services.ts'
import { createWorld, type World, type WorldOptions } from '../../../sandbox/cloud/world.ts'
import { Faults } from '../../../sandbox/faults.ts'
import type { Services } from '../../../sandbox/wire/dispatch.ts'
import { startWire, type Wire } from '../../../sandbox/wire/wire.ts'

export const region = 'ap-northeast-2'
export const accountId = '123456789012'
export const accessKeyId = 'AKIAIOSFODNN7EXAMPLE'

export interface TestWire {
  readonly wire: Wire
  readonly world: World
  readonly faults: Faults
  /** Errors of ours that a caller did not get to see. */
  readonly bugs: unknown[]
  /** For an SDK client: one attempt, so that an error is seen as it was answered. */
  readonly client: {
    region: string
    endpoint: string
    maxAttempts: number
    credentials: { accessKeyId: string; secretAccessKey: string }
  }
  close(): Promise<void>
}

export async function startTestWire(
  services: Services = allServices,
  options: Partial<WorldOptions> = {},
): Promise<TestWire> {
  const world = createWorld({ region, accountId, clock: new Clock(60), ...options })
  const faults = new Faults()
  const bugs: unknown[] = []
  const wire = await startWire({ world, services, faults, onBug: (error) => bugs.push(error) })
  const credentials = { accessKeyId, secretAccessKey: 'secret' }
  return {
    wire,
    world,
    faults,
    bugs,
    client: { region, endpoint: wire.url, maxAttempts: 1, credentials },
    async close() {
      await wire.close()
      world.clock.stop()
    },
  }
}

/** An Authorization header as a client signs one; the signature is not verified. */
export function authorization(service: string, scopeRegion = region): Record<string, string> {
  const credential = `${accessKeyId}/20221201/${scopeRegion}/${service}/aws4_request`
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=00ff`,
    'x-amz-date': '20221201T000000Z',
  }
}

/** Sends a form, as a client of a query service does. */
export async function postForm(url: string, form: string | Record<string, string>, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...headers },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  })
  return { status: response.status, headers: response.headers, body: await response.text() }
}

/** The tests with the AWS CLI are left out where there is none. Looked for and not run: it takes a second to say its version. */
export const hasAwsCli = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'aws')))

/** Runs the AWS CLI: what it printed, or what it complained of. */
export async function awsCli(wire: Wire, ...args: string[]): Promise<{ output: unknown; error: string }> {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    AWS_ENDPOINT_URL: wire.url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_DEFAULT_REGION: region,
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
  }
  try {
    const { stdout } = await promisify(execFile)('aws', [...args, '--output', 'json'], { env })
    return { output: stdout === '' ? undefined : JSON.parse(stdout), error: '' }
  } catch (failure) {
    return { output: undefined, error: String((failure as { stderr?: unknown }).stderr) }
  }
}
