import type { IpPermission, SecurityGroupRuleRequest, UserIdGroupPair } from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import { canonicalCidr, isCidrIpv6 } from './cidr.ts'
import { securityGroups } from './nouns.ts'
import { find } from './select.ts'
import type { SecurityGroupRecord, SecurityGroupRuleRecord } from './state.ts'

/** What a rule allows, without the rule's own identity. */
export type Permission = Pick<
  SecurityGroupRuleRecord,
  | 'IpProtocol'
  | 'FromPort'
  | 'ToPort'
  | 'CidrIpv4'
  | 'CidrIpv6'
  | 'PrefixListId'
  | 'ReferencedGroupInfo'
  | 'Description'
>

type Source = Omit<Permission, 'IpProtocol' | 'FromPort' | 'ToPort'>
type Ports = Pick<Permission, 'IpProtocol' | 'FromPort' | 'ToPort'>

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message)

const protocolNames: Readonly<Record<string, string>> = { all: '-1', 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' }

function protocolOf(text: string | undefined): string {
  const protocol = protocolNames[text?.toLowerCase() ?? ''] ?? text?.toLowerCase() ?? ''
  const isNumber = /^\d{1,3}$/.test(protocol) && Number(protocol) < 256
  if (isNumber || ['-1', 'tcp', 'udp', 'icmp', 'icmpv6'].includes(protocol)) return protocol
  throw invalid(`Invalid value '${text}' for IP protocol. Unknown protocol.`)
}

interface PortsInput {
  readonly IpProtocol?: string | undefined
  readonly FromPort?: number | undefined
  readonly ToPort?: number | undefined
}

/** Only TCP and UDP have ports; ICMP has a type and a code in their place, and every other protocol has neither. */
function portsOf(input: PortsInput): Ports {
  const IpProtocol = protocolOf(input.IpProtocol)
  const { FromPort = -1, ToPort = -1 } = input
  if (IpProtocol.startsWith('icmp')) return { IpProtocol, FromPort, ToPort }
  if (IpProtocol !== 'tcp' && IpProtocol !== 'udp') return { IpProtocol, FromPort: -1, ToPort: -1 }
  for (const [name, port] of Object.entries({ fromPort: input.FromPort, toPort: input.ToPort })) {
    if (port === undefined) throw new AwsError('MissingParameter', `The request must contain the parameter ${name}`)
    if (port < 0 || port > 65535) throw invalid(`Invalid value '${port}' for portRange. Must be in the range 0-65535.`)
  }
  if (FromPort > ToPort) throw invalid(`Invalid ${IpProtocol.toUpperCase()} port range (${FromPort},${ToPort})`)
  return { IpProtocol, FromPort, ToPort }
}

function ipv4(cidr: string | undefined): string {
  const canonical = canonicalCidr(cidr ?? '')
  if (canonical === undefined) throw invalid(`CIDR block ${cidr} is malformed`)
  return canonical
}

function ipv6(cidr: string | undefined): string {
  if (!isCidrIpv6(cidr ?? '')) throw invalid(`CIDR block ${cidr} is malformed`)
  return (cidr ?? '').toLowerCase()
}

function referenced(world: World, group: SecurityGroupRecord, pair: UserIdGroupPair): Source['ReferencedGroupInfo'] {
  const source =
    pair.GroupId === undefined ? namedGroup(world, pair.GroupName) : find(world, securityGroups, pair.GroupId)
  if (source.VpcId !== group.VpcId) {
    throw new AwsError('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.')
  }
  return { GroupId: source.GroupId, UserId: world.accountId }
}

/** A group by its name, which only the default VPC allows. */
export function namedGroup(world: World, name: string | undefined): SecurityGroupRecord {
  if (name === undefined) throw new AwsError('MissingParameter', 'Source group ID missing.')
  const candidates = [...world.ec2.securityGroups.values()].filter((group) => group.GroupName === name)
  const found = candidates.find((group) => world.ec2.vpcs.get(group.VpcId)?.IsDefault)
  if (found) return found
  if (candidates.length === 0) throw securityGroups.notFound(name)
  throw invalid(
    `Invalid value '${name}' for groupName. You may not reference Amazon VPC security groups by name. ` +
      'Please use the corresponding id for this operation.',
  )
}

/** One entry for every source of every permission. */
export function expand(world: World, group: SecurityGroupRecord, permissions: readonly IpPermission[]): Permission[] {
  return permissions.flatMap((permission) => {
    const ports = portsOf(permission)
    const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] } = permission
    const sources: Source[] = [
      ...IpRanges.map(({ CidrIp, Description }) => ({ CidrIpv4: ipv4(CidrIp), Description })),
      ...Ipv6Ranges.map(({ CidrIpv6, Description }) => ({ CidrIpv6: ipv6(CidrIpv6), Description })),
      ...PrefixListIds.map(({ PrefixListId, Description }) => ({ PrefixListId, Description })),
      ...UserIdGroupPairs.map((pair) => ({
        ReferencedGroupInfo: referenced(world, group, pair),
        Description: pair.Description,
      })),
    ]
    if (sources.length === 0) throw new AwsError('MissingParameter', 'Source group ID missing.')
    return sources.map((source) => ({ ...ports, ...source }))
  })
}

/** The permission that ModifySecurityGroupRules puts in the place of a rule's own. */
export function requested(world: World, group: SecurityGroupRecord, request: SecurityGroupRuleRequest): Permission {
  const { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId, Description } = request
  const sources = [CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId].filter((source) => source !== undefined)
  if (sources.length !== 1) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Exactly one of cidrIpv4, cidrIpv6, prefixListId and referencedGroupId must be specified.',
    )
  }
  return {
    ...portsOf(request),
    CidrIpv4: CidrIpv4 === undefined ? undefined : ipv4(CidrIpv4),
    CidrIpv6: CidrIpv6 === undefined ? undefined : ipv6(CidrIpv6),
    PrefixListId,
    ReferencedGroupInfo:
      ReferencedGroupId === undefined ? undefined : referenced(world, group, { GroupId: ReferencedGroupId }),
    Description,
  }
}

const sourceOf = (permission: Permission): string =>
  permission.CidrIpv4 ?? permission.CidrIpv6 ?? permission.PrefixListId ?? permission.ReferencedGroupInfo?.GroupId ?? ''

/** Two rules of one group and direction may not have the same. A description makes no difference. */
export const permissionKey = (permission: Permission): string =>
  [permission.IpProtocol, permission.FromPort, permission.ToPort, sourceOf(permission)].join(' ')

export function duplicate(permission: Permission): AwsError {
  const { IpProtocol, FromPort, ToPort } = permission
  const what = IpProtocol === '-1' ? 'ALL' : `${IpProtocol.toUpperCase()}, from port: ${FromPort}, to port: ${ToPort}`
  const message = `the specified rule "peer: ${sourceOf(permission)}, ${what}, ALLOW" already exists`
  return new AwsError('InvalidPermission.Duplicate', message)
}

/** The rules of one direction as DescribeSecurityGroups shows them: one entry for each protocol and port range. */
export function collect(permissions: readonly Permission[]): IpPermission[] {
  const grouped = Map.groupBy(permissions, ({ IpProtocol, FromPort, ToPort }) => `${IpProtocol} ${FromPort} ${ToPort}`)
  return [...grouped.values()].map((members) => {
    const [{ IpProtocol, FromPort, ToPort }] = members as [Permission, ...Permission[]]
    return {
      IpProtocol,
      ...(IpProtocol === '-1' ? {} : { FromPort, ToPort }),
      IpRanges: members.flatMap(({ CidrIpv4, Description }) => (CidrIpv4 ? [{ CidrIp: CidrIpv4, Description }] : [])),
      Ipv6Ranges: members.flatMap(({ CidrIpv6, Description }) => (CidrIpv6 ? [{ CidrIpv6, Description }] : [])),
      PrefixListIds: members.flatMap(({ PrefixListId, Description }) =>
        PrefixListId ? [{ PrefixListId, Description }] : [],
      ),
      UserIdGroupPairs: members.flatMap(({ ReferencedGroupInfo, Description }) =>
        ReferencedGroupInfo
          ? [{ GroupId: ReferencedGroupInfo.GroupId, UserId: ReferencedGroupInfo.UserId, Description }]
          : [],
      ),
    }
  })
}
