import { targetGroupNamePrefix } from '../names.ts'

/** The parts of an ARN: `arn:partition:service:region:account:resource`. */
interface Arn {
  readonly partition: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

function partsOf(arn: string): Arn {
  const [, partition = '', , region = '', account = '', ...resource] = arn.split(':')
  return { partition, region, account, resource: resource.join(':') }
}

/** Another resource where an ARN's own is. `''` for a region or an account that such ARNs do not have. */
function beside(arn: string, service: string, resource: string, without: 'account' | 'both' | 'none' = 'none'): string {
  const { partition, region, account } = partsOf(arn)
  const place = without === 'both' ? ':' : without === 'account' ? `${region}:` : `${region}:${account}`
  return `arn:${partition}:${service}:${place}:${resource}`
}

/** The first `count` parts of a load balancer's, a listener's or a rule's path: `app/name/id/listener/rule`. */
const pathOf = (arn: string, count: number): string =>
  partsOf(arn)
    .resource.split('/')
    .slice(1, 1 + count)
    .join('/')

const loadBalancing = (arn: string, resource: string): string => beside(arn, 'elasticloadbalancing', resource)

/** Of a rule, or of a listener itself. */
export const listenerArn = (arn: string): string => loadBalancing(arn, `listener/${pathOf(arn, 4)}`)

/** Every rule of the listener that a rule or a listener names. */
export const rulesArn = (arn: string): string => loadBalancing(arn, `listener-rule/${pathOf(arn, 4)}/*`)

export const loadBalancerArn = (arn: string): string => loadBalancing(arn, `loadbalancer/${pathOf(arn, 3)}`)

/** Every listener of the load balancer that an ARN of its own, of a listener or of a rule names. */
export const listenersArn = (arn: string): string => loadBalancing(arn, `listener/${pathOf(arn, 3)}/*`)

/** Target groups of our making. */
export const ourTargetGroupsArn = (arn: string): string => loadBalancing(arn, `targetgroup/${targetGroupNamePrefix}*/*`)

export const securityGroupArn = (arn: string, id: string): string => beside(arn, 'ec2', `security-group/${id}`)

/** Their ids are not known before they are made. */
export const securityGroupRulesArn = (arn: string): string => beside(arn, 'ec2', 'security-group-rule/*')

/** `name` may have `*` in it. */
export const autoScalingGroupArn = (arn: string, name: string): string =>
  beside(arn, 'autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`)

export const hostedZoneArn = (arn: string, zone: string): string => beside(arn, 'route53', `hostedzone/${zone}`, 'both')

export const changesArn = (arn: string): string => beside(arn, 'route53', 'change/*', 'both')

/** A path of the management API of API Gateway, without its version. */
export const apiGatewayArn = (arn: string, path: string): string => beside(arn, 'apigateway', path, 'account')
