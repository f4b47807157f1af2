import type {
  Change,
  ListResourceRecordSetsRequest,
  ResourceRecordSet,
  ResourceRecordSetProtection,
} from '@aws-sdk/client-route-53'
import type { Aws } from './clients.ts'

/** As people write a name: lower case, `*` for Route 53's `\052`, no dot at the end. */
export const plainName = (name: string | undefined): string =>
  (name ?? '').toLowerCase().replace('\\052', '*').replace(/\.$/, '')

/** Every record set of one name: one call, whose page of 300 holds whatever one name can have. */
export async function recordSetsAt(zone: string, name: string, aws: Aws): Promise<readonly ResourceRecordSet[]> {
  const { ListResourceRecordSetsCommand } = await import('@aws-sdk/client-route-53')
  const client = await aws.route53()
  const input = { HostedZoneId: zone, StartRecordName: name, MaxItems: 300 }
  const { ResourceRecordSets = [] } = await client.send(new ListResourceRecordSetsCommand(input))
  return ResourceRecordSets.filter((set) => plainName(set.Name) === name)
}

/** Every record set of a zone, 300 a call; AWS takes 5 calls a second of an account. */
export async function recordSetsIn(zone: string, aws: Aws): Promise<readonly ResourceRecordSet[]> {
  const { ListResourceRecordSetsCommand } = await import('@aws-sdk/client-route-53')
  const client = await aws.route53()
  const sets: ResourceRecordSet[] = []
  let next: Pick<ListResourceRecordSetsRequest, 'StartRecordName' | 'StartRecordType' | 'StartRecordIdentifier'> = {}
  for (;;) {
    const page = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone, ...next }))
    sets.push(...(page.ResourceRecordSets ?? []))
    if (!page.IsTruncated) return sets
    const { NextRecordName: StartRecordName, NextRecordType: StartRecordType } = page
    next = { StartRecordName, StartRecordType, StartRecordIdentifier: page.NextRecordIdentifier }
  }
}

/** Protections of one name: Route 53 refuses every change of what is protected. */
export async function protectionsAt(
  zone: string,
  name: string,
  aws: Aws,
): Promise<readonly ResourceRecordSetProtection[]> {
  const { ListResourceRecordSetProtectionsCommand } = await import('@aws-sdk/client-route-53')
  const client = await aws.route53()
  const input = { HostedZoneId: zone, StartRecordName: name }
  const { ResourceRecordSetProtections = [] } = await client.send(new ListResourceRecordSetProtectionsCommand(input))
  return ResourceRecordSetProtections.filter(({ RecordName }) => plainName(RecordName) === name)
}

/** One batch: all changes or none. What it changes is served everywhere within a minute (API reference). */
export async function changeRecordSets(zone: string, changes: readonly Change[], aws: Aws): Promise<void> {
  const { ChangeResourceRecordSetsCommand } = await import('@aws-sdk/client-route-53')
  const client = await aws.route53()
  const ChangeBatch = { Changes: [...changes], Comment: 'eks-cutover' }
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch }))
}

/** The batch does not fit what is there: nothing of it was done. */
export const isInvalidBatch = (error: unknown): boolean => error instanceof Error && error.name === 'InvalidChangeBatch'
