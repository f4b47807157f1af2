import type { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2'
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { EC2Client } from '@aws-sdk/client-ec2'
import type { EKSClient } from '@aws-sdk/client-eks'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { IAMClient } from '@aws-sdk/client-iam'
import type { Route53Client } from '@aws-sdk/client-route-53'
import { tellCalls, type AwsCall } from './calls.ts'

/** How AWS is reached. On AWS only the region; an endpoint for a proxy, a private partition or a rehearsal. */
export interface AwsSettings {
  readonly region: string
  readonly endpoint?: string
  /** Attempts per call, first one included. Default 5 */
  readonly maxAttempts?: number
  /** A call without an answer for this long has failed. Default 10,000 */
  readonly requestTimeoutMs?: number
  /** Is told every attempt of every call. */
  readonly onCall?: (call: AwsCall) => void
}

/**
 * The SDK clients that kinds read with, made once per process; their connections are kept alive. Those that not every workload
 * needs are loaded at the first call.
 */
export interface Aws {
  readonly region: string
  readonly elbv2: ElasticLoadBalancingV2Client
  apiGateway(): Promise<APIGatewayClient>
  apiGatewayV2(): Promise<ApiGatewayV2Client>
  autoScaling(): Promise<AutoScalingClient>
  cloudWatch(): Promise<CloudWatchClient>
  ec2(): Promise<EC2Client>
  eks(): Promise<EKSClient>
  iam(): Promise<IAMClient>
  route53(): Promise<Route53Client>
  close(): void
}

/** The only place that builds AWS SDK clients. Credentials come from the SDK's own chain. */
export function createAws(settings: AwsSettings): Aws {
  const options = {
    region: settings.region,
    ...(settings.endpoint ? { endpoint: settings.endpoint } : {}),
    maxAttempts: settings.maxAttempts ?? 5,
    retryMode: 'standard' as const,
    requestHandler: {
      requestTimeout: settings.requestTimeoutMs ?? 10_000,
      connectionTimeout: 3_000,
      throwOnRequestTimeout: true,
    },
  }
  const told = <Client>(client: Client): Client => (settings.onCall ? tellCalls(client, settings.onCall) : client)
  const elbv2 = told(new ElasticLoadBalancingV2Client(options))
  const loaded: Promise<{ destroy(): void }>[] = []
  const once = <Client extends { destroy(): void }>(load: () => Promise<Client>): (() => Promise<Client>) => {
    let client: Promise<Client> | undefined
    return () => {
      if (!client) loaded.push((client = load().then(told)))
      return client
    }
  }
  return {
    region: settings.region,
    elbv2,
    apiGateway: once(async () => new (await import('@aws-sdk/client-api-gateway')).APIGatewayClient(options)),
    apiGatewayV2: once(async () => new (await import('@aws-sdk/client-apigatewayv2')).ApiGatewayV2Client(options)),
    autoScaling: once(async () => new (await import('@aws-sdk/client-auto-scaling')).AutoScalingClient(options)),
    cloudWatch: once(async () => new (await import('@aws-sdk/client-cloudwatch')).CloudWatchClient(options)),
    ec2: once(async () => new (await import('@aws-sdk/client-ec2')).EC2Client(options)),
    eks: once(async () => new (await import('@aws-sdk/client-eks')).EKSClient(options)),
    iam: once(async () => new (await import('@aws-sdk/client-iam')).IAMClient(options)),
    route53: once(async () => new (await import('@aws-sdk/client-route-53')).Route53Client(options)),
    close: () => {
      elbv2.destroy()
      for (const client of loaded) void client.then((one) => one.destroy())
    },
  }
}

/** The plugin's own default of 25 lets a failing call hang for many minutes; nobody can decide anything while it does. */
const providerRetries = 8

/**
 * The same settings under the Pulumi AWS provider's own option names, for `new aws.Provider`.
 * With an endpoint checks of credentials and region are skipped, because what answers there need not know them. The account is asked
 * for all the same: without it the plugin reads a security group of this account as another's.
 */
export function providerOptions(settings: AwsSettings): Record<string, unknown> {
  const { region } = settings
  if (!settings.endpoint) return { region, maxRetries: providerRetries }
  const services = ['apigateway', 'apigatewayv2', 'autoscaling', 'ec2', 'eks', 'elbv2', 'iam', 'route53', 'sts']
  return {
    region,
    maxRetries: providerRetries,
    endpoints: [Object.fromEntries(services.map((service) => [service, settings.endpoint]))],
    skipCredentialsValidation: true,
    skipMetadataApiCheck: true,
    skipRegionValidation: true,
  }
}
