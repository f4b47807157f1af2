import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  type CreateTargetGroupCommandInput,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { lb } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { fromAttributes, type KeyValue } from '../attributes.ts'
import type { Aws } from '../aws.ts'
import { prefixOf, uniqueName } from '../names.ts'
import { hasCode, unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { poll } from '../../poll.ts'
import { computed, flag, number, output, replaces, tagged, text } from '../schema.ts'
import { elbv2Tagging, toTagList } from '../tags.ts'
import { blocks, blocksFromAttributes, plainAttributes, targetGroupAttributes } from '../target-group-attributes.ts'

type State = Unwrap<lb.TargetGroupState>

const forHttp = {
  appliesTo: ({ protocol }: { protocol?: unknown }) => protocol === 'HTTP' || protocol === 'HTTPS',
}

export const targetGroup = resourceType<State>({
  token: 'aws:lb/targetGroup:TargetGroup',
  label: 'ELBv2 Target Group',
  tagging: elbv2Tagging,
  schema: {
    ...tagged,
    ...blocks,
    arn: { ...text, ...output },
    arnSuffix: { ...text, ...output },
    connectionTermination: { ...flag, ...computed },
    deregistrationDelay: { ...number, default: 300, range: [0, 3600] },
    healthCheck: {
      type: 'object',
      ...computed,
      fields: {
        enabled: { ...flag, default: true },
        healthyThreshold: { ...number, default: 3, range: [2, 10] },
        interval: { ...number, default: 30, range: [5, 300] },
        matcher: { ...text, ...computed },
        path: { ...text, ...computed, range: [0, 1024] },
        port: { ...text, default: 'traffic-port' },
        protocol: { ...text, default: 'HTTP' },
        timeout: { ...number, ...computed, range: [2, 120] },
        unhealthyThreshold: { ...number, default: 3, range: [2, 10] },
      },
    },
    ipAddressType: { ...text, ...computed, ...replaces },
    lambdaMultiValueHeadersEnabled: { ...flag, default: false },
    loadBalancerArns: { type: 'set', ...output },
    loadBalancingAlgorithmType: { ...text, ...computed },
    loadBalancingAnomalyMitigation: { ...text, ...computed },
    loadBalancingCrossZoneEnabled: { ...text, ...computed },
    name: { ...text, ...computed, ...replaces, autoName: 32, conflictsWith: 'namePrefix', range: [1, 32] },
    namePrefix: { ...text, ...computed, ...replaces, conflictsWith: 'name', range: [1, 6] },
    port: { ...number, ...replaces, range: [1, 65_535] },
    preserveClientIp: { ...text, ...computed },
    protocol: { ...text, ...replaces },
    protocolVersion: { ...text, ...computed, ...replaces, ...forHttp },
    proxyProtocolV2: { ...flag, default: false },
    slowStart: { ...number, default: 0, range: [0, 900] },
    targetControlPort: { ...number, ...replaces, range: [1, 65_535] },
    targetType: { ...text, default: 'instance', ...replaces },
    vpcId: { ...text, ...replaces },
  },

  async create(aws, planned) {
    const name = planned.name ?? uniqueName(planned.namePrefix ?? 'tf-')
    if (await findByName(aws, name)) throw new Error(`ELBv2 Target Group (${name}) already exists`)
    const { TargetGroups: [made] = [] } = await aws.elbv2(new CreateTargetGroupCommand(creation(name, planned)))
    return made?.TargetGroupArn ?? ''
  },

  async complete(aws, id, planned) {
    await writeAttributes(aws, id, targetGroupAttributes(planned))
  },

  async read(aws, id) {
    const found = await unlessMissing(
      aws.elbv2(new DescribeTargetGroupsCommand({ TargetGroupArns: [id] })),
      'TargetGroupNotFound',
    )
    const group = found?.TargetGroups?.[0]
    if (!group) return undefined
    const { Attributes = [] } = await aws.elbv2(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: id }))
    return {
      ...fromTargetGroup(id, group),
      ...fromAttributes(plainAttributes, Attributes),
      ...blocksFromAttributes(Attributes, group.Protocol),
    }
  },

  async update(aws, id, planned, changed) {
    if (changed.has('healthCheck') && planned.healthCheck)
      await aws.elbv2(new ModifyTargetGroupCommand({ TargetGroupArn: id, ...healthCheck(planned) }))
    await writeAttributes(aws, id, targetGroupAttributes(planned, changed))
  },

  /** A rule that is being changed beside it may hold the group for a moment. */
  async delete(aws, id) {
    const remove = async () => {
      await unlessMissing(aws.elbv2(new DeleteTargetGroupCommand({ TargetGroupArn: id })), 'TargetGroupNotFound')
      return true
    }
    await poll(
      { signal: aws.signal, timeoutSeconds: 120, what: 'the listeners and rules to let go' },
      remove,
      (error) => hasCode(error, 'ResourceInUse'),
    )
  },
})

async function findByName(aws: Aws, name: string): Promise<TargetGroup | undefined> {
  const found = await unlessMissing(
    aws.elbv2(new DescribeTargetGroupsCommand({ Names: [name] })),
    'TargetGroupNotFound',
  )
  return found?.TargetGroups?.[0]
}

async function writeAttributes(aws: Aws, id: string, Attributes: KeyValue[]): Promise<void> {
  if (Attributes.length > 0) await aws.elbv2(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: id, Attributes }))
}

function creation(name: string, planned: State): CreateTargetGroupCommandInput {
  const { targetType, protocol } = planned
  const common = {
    Name: name,
    TargetType: targetType as CreateTargetGroupCommandInput['TargetType'],
    Tags: toTagList(planned.tagsAll),
    ...healthCheck(planned),
  }
  if (targetType === 'lambda') return common
  return {
    ...common,
    Port: planned.port,
    Protocol: protocol as CreateTargetGroupCommandInput['Protocol'],
    VpcId: planned.vpcId,
    ...(forHttp.appliesTo(planned) && planned.protocolVersion && { ProtocolVersion: planned.protocolVersion }),
    ...(planned.ipAddressType && {
      IpAddressType: planned.ipAddressType as CreateTargetGroupCommandInput['IpAddressType'],
    }),
    ...(planned.targetControlPort && { TargetControlPort: planned.targetControlPort }),
  }
}

/** AWS takes path and matcher for HTTP alone. */
function healthCheck({ healthCheck: check, targetType, protocolVersion }: State) {
  if (!check) return {}
  const protocol = check.protocol?.toUpperCase() as CreateTargetGroupCommandInput['HealthCheckProtocol']
  return {
    HealthCheckEnabled: check.enabled,
    HealthCheckIntervalSeconds: check.interval,
    HealthyThresholdCount: check.healthyThreshold,
    UnhealthyThresholdCount: check.unhealthyThreshold,
    ...(check.timeout && { HealthCheckTimeoutSeconds: check.timeout }),
    ...(protocol !== 'TCP' && check.path && { HealthCheckPath: check.path }),
    ...(protocol !== 'TCP' &&
      check.matcher && {
        Matcher: protocolVersion === 'GRPC' ? { GrpcCode: check.matcher } : { HttpCode: check.matcher },
      }),
    ...(targetType !== 'lambda' && { HealthCheckPort: check.port, HealthCheckProtocol: protocol }),
  }
}

function fromTargetGroup(id: string, group: TargetGroup): State {
  return {
    arn: id,
    arnSuffix: id.replace(/^arn:.*:(?=targetgroup\/)/, ''),
    healthCheck: {
      enabled: group.HealthCheckEnabled,
      healthyThreshold: group.HealthyThresholdCount,
      interval: group.HealthCheckIntervalSeconds,
      matcher: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode,
      path: group.HealthCheckPath,
      port: group.HealthCheckPort,
      protocol: group.HealthCheckProtocol,
      timeout: group.HealthCheckTimeoutSeconds,
      unhealthyThreshold: group.UnhealthyThresholdCount,
    },
    ipAddressType: group.IpAddressType,
    loadBalancerArns: group.LoadBalancerArns ?? [],
    name: group.TargetGroupName,
    namePrefix: prefixOf(group.TargetGroupName),
    port: group.Port,
    protocol: group.Protocol,
    protocolVersion: group.ProtocolVersion,
    targetControlPort: group.TargetControlPort,
    targetType: group.TargetType,
    vpcId: group.VpcId,
  }
}
