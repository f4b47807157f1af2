import type {
  CreateTargetGroupCommandInput,
  ModifyTargetGroupCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../errors.ts'
import { requireLength, requireOneOf, requireRange, validationError } from './invalid.ts'
import type { HealthCheck, TargetGroup } from './state.ts'

type Given = Partial<
  Pick<CreateTargetGroupCommandInput, keyof ModifyTargetGroupCommandInput & keyof CreateTargetGroupCommandInput>
>
type Group = Pick<TargetGroup, 'targetType' | 'protocol' | 'protocolVersion'>

const isHttp = (protocol: string | undefined) => protocol === 'HTTP' || protocol === 'HTTPS'

/** The health check of a group: what is given, over what it has, over what AWS starts with. Checked as AWS does. */
export function acceptHealthCheck(given: Given, group: Group, current = defaults(given, group)): HealthCheck {
  const protocol = given.HealthCheckProtocol ?? current.protocol
  requireOneOf('healthCheckProtocol', protocol, isHttp(group.protocol) ? ['HTTP', 'HTTPS'] : ['HTTP', 'HTTPS', 'TCP'])
  const check: HealthCheck = {
    enabled: given.HealthCheckEnabled ?? current.enabled,
    protocol,
    port: given.HealthCheckPort || current.port,
    path: given.HealthCheckPath ?? current.path ?? (isHttp(protocol) ? '/' : undefined),
    intervalSeconds: given.HealthCheckIntervalSeconds ?? current.intervalSeconds,
    timeoutSeconds: given.HealthCheckTimeoutSeconds ?? current.timeoutSeconds,
    healthyThreshold: given.HealthyThresholdCount ?? current.healthyThreshold,
    unhealthyThreshold: given.UnhealthyThresholdCount ?? current.unhealthyThreshold,
    matcher: given.Matcher ?? current.matcher ?? (isHttp(protocol) ? defaultMatcher(group) : undefined),
  }
  requireNumbers(check, given)
  if (group.targetType !== 'lambda' && !check.enabled) {
    throw validationError(`Health checks cannot be disabled for target groups with target type '${group.targetType}'`)
  }
  if (isHttp(protocol)) requireHttp(check, group)
  else requireNoHttp(given, protocol)
  return isHttp(protocol) ? check : { ...check, path: undefined, matcher: undefined }
}

/** Source: the API reference of CreateTargetGroup. */
function defaults(given: Given, group: Group): HealthCheck {
  const lambda = group.targetType === 'lambda'
  const protocol = lambda || isHttp(group.protocol) || group.targetType === 'alb' ? 'HTTP' : 'TCP'
  return {
    enabled: !lambda,
    protocol,
    port: 'traffic-port',
    intervalSeconds: lambda ? 35 : 30,
    timeoutSeconds: defaultTimeout(group, given.HealthCheckProtocol ?? protocol),
    healthyThreshold: 5,
    unhealthyThreshold: lambda ? 5 : 2,
  }
}

function defaultTimeout(group: Group, checkProtocol: string): number {
  if (group.targetType === 'lambda') return 30
  if (isHttp(group.protocol)) return 5
  return checkProtocol === 'HTTP' ? 6 : 10
}

const defaultMatcher = (group: Group) =>
  group.protocolVersion === 'GRPC'
    ? { GrpcCode: '12' }
    : { HttpCode: isHttp(group.protocol) || group.targetType === 'lambda' ? '200' : '200-399' }

function requireNumbers(check: HealthCheck, given: Given): void {
  requireRange('healthCheckIntervalSeconds', given.HealthCheckIntervalSeconds, 5, 300)
  requireRange('healthCheckTimeoutSeconds', given.HealthCheckTimeoutSeconds, 2, 120)
  requireRange('healthyThresholdCount', given.HealthyThresholdCount, 2, 10)
  requireRange('unhealthyThresholdCount', given.UnhealthyThresholdCount, 2, 10)
  if (check.timeoutSeconds >= check.intervalSeconds) {
    throw validationError('Health check interval must be greater than the timeout.')
  }
  const port = Number(check.port)
  if (check.port !== 'traffic-port' && !(Number.isInteger(port) && port >= 1 && port <= 65535)) {
    throw validationError(`Health check port '${check.port}' must be a valid port or 'traffic-port'`)
  }
}

/** The highest code that a matcher may name: 499 behind an application load balancer, 599 behind a network load balancer. */
function requireHttp({ path = '', matcher }: HealthCheck, group: Group): void {
  requireLength('healthCheckPath', path, 1, 1024)
  if (!path.startsWith('/')) throw validationError(`Health check path '${path}' must begin with a '/' character`)
  if (!/^[\x21-\x7e]+$/.test(path)) {
    throw validationError(`Health check path '${path}' contains a character that is not valid`)
  }
  if (matcher?.GrpcCode !== undefined) return
  const max = isHttp(group.protocol) ? 499 : 599
  const codes = (matcher?.HttpCode ?? '').split(/[,-]/).map(Number)
  const wellFormed = /^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/.test(matcher?.HttpCode ?? '')
  if (!wellFormed || codes.some((code) => code < 200 || code > max)) {
    throw validationError(`Health check matcher HTTP code '${matcher?.HttpCode}' must be within '200-${max}' inclusive`)
  }
}

function requireNoHttp(given: Given, protocol: string): void {
  if (given.HealthCheckPath === undefined && given.Matcher === undefined) return
  const what = given.HealthCheckPath === undefined ? 'matcher' : 'path'
  throw new AwsError(
    'InvalidConfigurationRequest',
    `You cannot specify a health check ${what} for health checks with protocol '${protocol}'`,
  )
}
