import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53'
import { AwsError } from '../../../sandbox/cloud/errors.ts'
import { unlimited } from '../../../sandbox/cloud/route53/operations.ts'
import type { World } from '../../../sandbox/cloud/world.ts'
import { createSetting, type Setting } from '../elbv2/fixture.ts'

const caller = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', requestId: 'test' }

/** Calls a handler itself: the rate limit has tests of its own. */
export async function call(world: World, name: string, input: object = {}): Promise<any> {
  const operation = unlimited[name]
  if (!operation) throw new Error(`no operation ${name}`)
  return operation(world, input, caller)
}

/** The error that AWS would answer with; fails when the call succeeds. */
export async function refusal(world: World, name: string, input: object): Promise<{ code: string; message: string }> {
  try {
    await call(world, name, input)
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error(`${name} was not refused`)
}

export interface ZoneSetting extends Setting {
  zoneId: string
  /** Of the load balancer. */
  dnsName: string
  hostedZoneId: string
  change: (...changes: [Change['Action'], Partial<ResourceRecordSet>][]) => Promise<any>
  refused: (...changes: [Change['Action'], Partial<ResourceRecordSet>][]) => Promise<string>
  /** Names, types and identifiers of all sets but those of the zone itself. */
  sets: () => Promise<string[]>
}

/** A public zone shop.example and an active load balancer; 40 s until INSYNC are 40 ms. */
export async function createZoneSetting(): Promise<ZoneSetting> {
  const setting = await createSetting(1000)
  const { world } = setting
  const { HostedZone } = await call(world, 'CreateHostedZone', { Name: 'shop.example', CallerReference: 'first' })
  const loadBalancer = world.elbv2.loadBalancers.get(setting.loadBalancer)
  if (!loadBalancer) throw new Error('no load balancer')
  loadBalancer.state = 'active'
  const input = (changes: [Change['Action'], Partial<ResourceRecordSet>][]) => ({
    HostedZoneId: HostedZone.Id,
    ChangeBatch: { Changes: changes.map(([Action, set]) => ({ Action, ResourceRecordSet: set })) },
  })
  return {
    ...setting,
    zoneId: HostedZone.Id,
    dnsName: loadBalancer.dnsName,
    hostedZoneId: loadBalancer.hostedZoneId,
    change: (...changes) => call(world, 'ChangeResourceRecordSets', input(changes)),
    refused: async (...changes) => {
      const { code, message } = await refusal(world, 'ChangeResourceRecordSets', input(changes))
      return `${code}: ${message}`
    },
    sets: async () => {
      const { ResourceRecordSets } = await call(world, 'ListResourceRecordSets', { HostedZoneId: HostedZone.Id })
      return ResourceRecordSets.filter(({ Name }: any) => Name !== 'shop.example.').map((set: any) =>
        [set.Name, set.Type, set.SetIdentifier].filter(Boolean).join(' '),
      )
    },
  }
}

export const simple = (Name: string, ...values: string[]) => ({
  Name,
  Type: 'A' as const,
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
})

export const weighted = (Name: string, SetIdentifier: string, Weight: number, ...values: string[]) => ({
  ...simple(Name, ...values),
  SetIdentifier,
  Weight,
})
