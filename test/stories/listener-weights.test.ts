import { Agent, request } from 'node:http'
import {
  DescribeListenersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { Refusal } from '../../demo/client.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { advanceTo } from '../support/journey.ts'
import { inventoryText, startTestService, type TestService } from '../support/service.ts'
import { until } from '../support/wait.ts'

/** Weights at the listener behind an API: who has them, and what becomes of the connections that API Gateway keeps. */
let sandbox: Sandbox
let service: TestService

interface Inventory {
  readonly workloads: Readonly<Record<string, { readonly listener: string; readonly blueTargetGroup: string }>>
}

async function start(scenario: string): Promise<Inventory> {
  sandbox = await startSandbox({ scenario, timeScale: 60 })
  service = await startTestService({ sandbox })
  return parse(await inventoryText(sandbox)) as Inventory
}

async function stop(): Promise<void> {
  await service.stop()
  await sandbox.stop()
}

/** One connection to the listener that is used all the time, as API Gateway does with those that it keeps. */
class KeptConnection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #door: { readonly host: string; readonly port: number }
  readonly #using: Promise<void>
  /** Who answered last, and how often the connection was lost. */
  last = ''
  lost = 0
  #stopped = false

  private constructor(door: { readonly host: string; readonly port: number }) {
    this.#door = door
    this.#using = this.#use()
  }

  static async to(listener: string): Promise<KeptConnection> {
    const { Listeners } = await sandbox.aws.elbv2.send(new DescribeListenersCommand({ ListenerArns: [listener] }))
    const { LoadBalancerArn = '', Port = 0 } = Listeners?.[0] ?? {}
    return new KeptConnection(sandbox.network.frontDoor(LoadBalancerArn, Port) ?? { host: '', port: 0 })
  }

  async #use(): Promise<void> {
    while (!this.#stopped) {
      try {
        this.last = await this.#ask()
      } catch {
        this.lost += 1
      }
    }
  }

  #ask(): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = request({ ...this.#door, agent: this.#agent }, (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString())).on('error', reject)
        answer.on('end', () => setTimeout(() => resolve((JSON.parse(text) as { cluster: string }).cluster), 20))
      })
      call.on('error', reject).end()
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#using
    this.#agent.destroy()
  }
}

const attributesOf = async (TargetGroupArn: string): Promise<Record<string, string>> => {
  const { Attributes = [] } = await sandbox.aws.elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }))
  return Object.fromEntries(Attributes.map(({ Key = '', Value = '' }) => [Key, Value]))
}

const targetsOf = async (TargetGroupArn: string) => {
  const { TargetHealthDescriptions = [] } = await sandbox.aws.elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  )
  return TargetHealthDescriptions.map(({ Target, TargetHealth }) => `${Target?.Id} ${TargetHealth?.State}`).sort()
}

describe('where listeners weigh', () => {
  let document: Inventory

  beforeAll(async () => {
    document = await start('weighed-apis')
    const { lens, trend } = document.workloads
    const at = { steps: [100], bake: '0', soak: '0' }
    const workloads = {
      lens: { ...lens, ...at, testPort: 9081, closeOnRollback: true },
      trend: { ...trend, ...at, testPort: 9082 },
    }
    await service.client.apply(stringify({ ...document, workloads }))
  })
  afterAll(stop)

  it(
    'green keeps its connections on a rollback, unless the entry says that they are closed',
    { timeout: 600_000 },
    async () => {
      const names = ['lens', 'trend'] as const
      await Promise.all(names.map((name) => advanceTo(service, name, 'soaking')))
      const groupOf = (name: string) => document.workloads[name]?.blueTargetGroup ?? ''
      const blue = await Promise.all(names.map((name) => targetsOf(groupOf(name))))
      const [lens, trend] = await Promise.all(
        names.map((name) => KeptConnection.to(document.workloads[name]?.listener ?? '')),
      )
      try {
        await until('green answers', () => lens?.last === 'green' && trend?.last === 'green')
        const rollbacks = await Promise.all(
          names.map((name) => service.client.act(name, 'rollback', { reason: 'test' })),
        )
        for (const { homeMs } of rollbacks) expect(homeMs).toBeGreaterThan(0)
        await until('the closed connection was made anew', () => lens?.last === 'blue')
        expect(lens?.lost).toBeLessThanOrEqual(2)
        expect(trend).toMatchObject({ last: 'green', lost: 0 })
        expect(await Promise.all(names.map((name) => targetsOf(groupOf(name))))).toEqual(blue)
      } finally {
        await Promise.all([lens?.stop(), trend?.stop()])
      }
    },
  )

  it('leaves the group of green like that of blue, and its targets come back', async () => {
    const { outputs } = await service.automation.cutover.workload('api-gateway', 'lens')
    const green = outputs?.targetGroups.green ?? ''
    const found = await attributesOf(document.workloads['lens']?.blueTargetGroup ?? '')
    expect(await attributesOf(green)).toEqual(found)
    expect(found['deregistration_delay.timeout_seconds']).toBe('300')
    const healthy = async () => (await targetsOf(green)).filter((target) => target.endsWith(' healthy')).length === 2
    await until('green is healthy again', healthy, 60)
  })
})

describe('where an action takes one target group', () => {
  afterAll(stop)

  it('the switch is refused, with the quota as the reason', async () => {
    const document = await start('api-gateway')
    const ofApi = ['api', 'stage', 'integrations', 'greenPort']
    const entry = Object.entries(document.workloads['lens'] ?? {}).filter(([key]) => !ofApi.includes(key))
    const weighing = { ...Object.fromEntries(entry), switch: 'listener-weights' }
    await service.client.apply(stringify({ ...document, workloads: { lens: weighing } }))
    const refusal = await service.client.post('lens', 'advance').catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Refusal)
    const { code, detail } = (refusal as Refusal).problem
    expect(code).toBe('switch-point-refused')
    expect(detail).toMatch(/listener: listeners of network load balancers take 1 target group here/)
  })
})
