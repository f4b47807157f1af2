import type {
  CreateHostedZoneCommandInput,
  CreateHostedZoneCommandOutput,
  DeleteHostedZoneCommandInput,
  DeleteHostedZoneCommandOutput,
  GetHostedZoneCommandInput,
  GetHostedZoneCommandOutput,
  HostedZone as Described,
  UpdateHostedZoneCommentCommandInput,
  UpdateHostedZoneCommentCommandOutput,
} from '@aws-sdk/client-route-53'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { submitChange } from './changes.ts'
import { findZone } from './find.ts'
import { newId } from './ids.ts'
import { requireLength } from './invalid.ts'
import { canonicalName, nameProblem } from './names.ts'
import { recordKey, type HostedZone, type RecordSet, type RecordSets } from './state.ts'
import { requireVpc } from './vpc.ts'

export const createHostedZone: Operation<CreateHostedZoneCommandInput, CreateHostedZoneCommandOutput> = (
  world,
  input,
) => {
  const zone = accept(world, input)
  requireNew(world, zone)
  world.route53.zones.set(zone.id, zone)
  return {
    HostedZone: describe(zone),
    ChangeInfo: submitChange(world, zone),
    DelegationSet: { NameServers: [...zone.nameServers] },
    VPC: zone.vpcs[0],
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
  }
}

function accept(world: World, input: CreateHostedZoneCommandInput): HostedZone {
  const { Name = '', CallerReference = '', HostedZoneConfig, VPC, DelegationSetId } = input
  requireLength('callerReference', CallerReference, 1, 128)
  requireLength('hostedZoneConfig.comment', HostedZoneConfig?.Comment, 0, 256)
  if (nameProblem(Name)) {
    throw new AwsError('InvalidDomainName', `The domain name '${Name}' is invalid`)
  }
  if (DelegationSetId !== undefined) {
    throw new AwsError('NoSuchDelegationSet', `A reusable delegation set with ID ${DelegationSetId} doesn't exist.`)
  }
  if (VPC) requireVpc(world, VPC)
  const name = canonicalName(Name)
  const nameServers = nameServersFor(world.route53.zones.size)
  const records = initialRecords(name, nameServers)
  return {
    id: newId('Z'),
    name,
    callerReference: CallerReference,
    private: VPC !== undefined,
    nameServers: VPC ? [] : nameServers,
    ...(HostedZoneConfig?.Comment && { comment: HostedZoneConfig.Comment }),
    vpcs: VPC ? [VPC] : [],
    tags: new Map(),
    protections: new Map(),
    records,
    served: new Map(),
    busy: false,
  }
}

function requireNew(world: World, wanted: HostedZone): void {
  for (const zone of world.route53.zones.values()) {
    if (zone.callerReference === wanted.callerReference) {
      throw new AwsError(
        'HostedZoneAlreadyExists',
        `A hosted zone has already been created with the specified caller reference.`,
        409,
      )
    }
    const shared = zone.vpcs.find(({ VPCId }) => wanted.vpcs.some((vpc) => vpc.VPCId === VPCId))
    if (zone.name === wanted.name && shared) {
      throw new AwsError(
        'ConflictingDomainExists',
        `The VPC ${shared.VPCId} in region ${shared.VPCRegion} has already been associated with the hosted zone ${zone.id} with the same domain name.`,
      )
    }
  }
}

/** Four in four top-level domains, in AWS's form; which ones AWS gives is its own affair. */
const nameServersFor = (turn: number): string[] =>
  ['com', 'net', 'org', 'co.uk'].map((domain, index) => `ns-${512 * index + turn}.awsdns-${10 + turn}.${domain}`)

/** As AWS makes them ("NS and SOA records that Amazon Route 53 creates" in its guide). */
function initialRecords(Name: string, nameServers: readonly string[]): RecordSets {
  const soa = `${nameServers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`
  const sets: RecordSet[] = [
    { Name, Type: 'NS', TTL: 172_800, ResourceRecords: nameServers.map((server) => ({ Value: `${server}.` })) },
    { Name, Type: 'SOA', TTL: 900, ResourceRecords: [{ Value: soa }] },
  ]
  return new Map(sets.map((set) => [recordKey(set), set]))
}

export function describe(zone: HostedZone): Described {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name,
    CallerReference: zone.callerReference,
    Config: { PrivateZone: zone.private, ...(zone.comment && { Comment: zone.comment }) },
    ResourceRecordSetCount: zone.records.size,
  }
}

export const getHostedZone: Operation<GetHostedZoneCommandInput, GetHostedZoneCommandOutput> = (world, input) => {
  const zone = findZone(world, input.Id)
  return {
    HostedZone: describe(zone),
    ...(zone.private ? { VPCs: zone.vpcs } : { DelegationSet: { NameServers: [...zone.nameServers] } }),
  }
}

export const updateHostedZoneComment: Operation<
  UpdateHostedZoneCommentCommandInput,
  UpdateHostedZoneCommentCommandOutput
> = (world, input) => {
  const zone = findZone(world, input.Id)
  requireLength('comment', input.Comment, 0, 256)
  zone.comment = input.Comment ?? ''
  return { HostedZone: describe(zone) }
}

/** Only the two record sets that every zone has may be left in it. */
export const deleteHostedZone: Operation<DeleteHostedZoneCommandInput, DeleteHostedZoneCommandOutput> = (
  world,
  input,
) => {
  const zone = findZone(world, input.Id)
  if (zone.records.size > 2 || zone.protections.size > 0) {
    throw new AwsError(
      'HostedZoneNotEmpty',
      'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
    )
  }
  world.route53.zones.delete(zone.id)
  return { ChangeInfo: submitChange(world, undefined) }
}
