import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import type { EC2Client } from '@aws-sdk/client-ec2'
import type { EKSClient } from '@aws-sdk/client-eks'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { IAMClient } from '@aws-sdk/client-iam'

/** How AWS is reached. On AWS only the region; an endpoint for a proxy, a private partition or a rehearsal. */
export interface AwsSettings {
  readonly region: string
  readonly endpoint?: string
  /** Attempts per call, first one included. Default 5 */
  readonly maxAttempts?: number
  /** A call without an answer for this long has failed. Default 10,000 */
  readonly requestTimeoutMs?: number
}

/** The SDK clients that kinds read with, made once per process; their connections are kept alive. */
export interface Aws {
  readonly region: string
  readonly elbv2: ElasticLoadBalancingV2Client
  /** Loaded at the first call: it is the largest client, and few workloads need it. */
  ec2(): Promise<EC2Client>
  /** Loaded at the first call. */
  autoScaling(): Promise<AutoScalingClient>
  /** Loaded at the first call. */
  eks(): Promise<EKSClient>
  /** Loaded at the first call. */
  iam(): Promise<IAMClient>
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
  const elbv2 = new ElasticLoadBalancingV2Client(options)
  let ec2: Promise<EC2Client> | undefined
  let autoScaling: Promise<AutoScalingClient> | undefined
  let eks: Promise<EKSClient> | undefined
  let iam: Promise<IAMClient> | undefined
  return {
    region: settings.region,
    elbv2,
    ec2: () => (ec2 ??= import('@aws-sdk/client-ec2').then(({ EC2Client }) => new EC2Client(options))),
    autoScaling: () =>
      (autoScaling ??= import('@aws-sdk/client-auto-scaling').then(
        ({ AutoScalingClient }) => new AutoScalingClient(options),
      )),
    eks: () => (eks ??= import('@aws-sdk/client-eks').then(({ EKSClient }) => new EKSClient(options))),
    iam: () => (iam ??= import('@aws-sdk/client-iam').then(({ IAMClient }) => new IAMClient(options))),
    close: () => {
      elbv2.destroy()
      void ec2?.then((client) => client.destroy())
      void autoScaling?.then((client) => client.destroy())
      void eks?.then((client) => client.destroy())
      void iam?.then((client) => client.destroy())
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
  const services = ['autoscaling', 'ec2', 'eks', 'elbv2', 'iam', 'sts']
  return {
    region,
    maxRetries: providerRetries,
    endpoints: [Object.fromEntries(services.map((service) => [service, settings.endpoint]))],
    skipCredentialsValidation: true,
    skipMetadataApiCheck: true,
    skipRegionValidation: true,
  }
}
