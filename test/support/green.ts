import { IAMClient } from '@aws-sdk/client-iam'
import { parse } from 'yaml'
import type { OperationAnswer } from '../../demo/client.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { inventoryText, startTestService, type TestService, type TestServiceOptions } from './service.ts'

/** The inventory of December 2022, with the kinds that a test names and a green that is to be built. */
export interface GreenInventory {
  readonly migration: string
  readonly aws: { readonly region: string }
  readonly green: Readonly<Record<string, unknown>> & { readonly cluster: string; readonly version: string }
  readonly workloads: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly kind: string }>>
}

/** A sandbox without a green cluster, and a service on it. */
export async function startWithoutGreen(options: TestServiceOptions = {}): Promise<TestService> {
  const sandbox = options.sandbox ?? (await startSandbox({ scenario: 'omnious', timeScale: 300 }))
  const service = await startTestService({ ...options, sandbox })
  const stop = async (): Promise<void> => {
    await service.stop()
    if (!options.sandbox) await sandbox.stop()
  }
  return { ...service, stop }
}

/** What is applied: of the scenario's workloads those behind the ALB, and of its green what a test changes. */
export async function inventoryOf(sandbox: Sandbox, green: object = {}): Promise<GreenInventory> {
  const whole = parse(await inventoryText(sandbox)) as GreenInventory
  const entries = Object.entries(whole.workloads).filter(
    ([, { kind, rule }]) => kind === 'alb' || (kind === 'node-port' && rule),
  )
  return { ...whole, green: { ...whole.green, ...green }, workloads: Object.fromEntries(entries) }
}

export interface Answer<T = any> {
  readonly status: number
  readonly body: T
}

/** Sends as any client would; refusals are answers. */
export async function send(service: TestService, method: string, path: string, body?: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${service.url}/v1/migrations/omnious${path}`, {
    method,
    ...(body ? { headers, body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, body: await answer.json() }
}

/** Asks something of the cluster and waits until the operation has ended, however. */
export async function ask(service: TestService, action: string, body: object = {}): Promise<OperationAnswer> {
  const answer = await send(service, 'POST', `/cluster/${action}`, body)
  if (answer.status !== 202) throw new Error(`${action}: ${JSON.stringify(answer.body)}`)
  return service.client.ended(answer.body.id)
}

export const iamOf = ({ ready }: Sandbox): IAMClient =>
  new IAMClient({ endpoint: ready.env['AWS_ENDPOINT_URL'] ?? '', region: ready.env['AWS_REGION'] ?? 'eu-central-1' })
