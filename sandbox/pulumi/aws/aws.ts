import { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2'
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import type { EC2Client } from '@aws-sdk/client-ec2'
import { EKSClient } from '@aws-sdk/client-eks'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { IAMClient } from '@aws-sdk/client-iam'
import { Route53Client } from '@aws-sdk/client-route-53'
import { GetCallerIdentityCommand, STSClient, type GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts'
import type { AwsConfig } from './config.ts'
import { OperationError } from './operation-error.ts'

/** AWS for one call of the engine: every request is given up when that call is. */
export interface Aws {
  readonly region: string
  readonly partition: string
  readonly signal: AbortSignal
  readonly apigateway: APIGatewayClient['send']
  readonly apigatewayv2: ApiGatewayV2Client['send']
  readonly autoscaling: AutoScalingClient['send']
  readonly elbv2: ElasticLoadBalancingV2Client['send']
  readonly ec2: EC2Client['send']
  readonly eks: EKSClient['send']
  readonly iam: IAMClient['send']
  readonly route53: Route53Client['send']
  callerIdentity(): Promise<GetCallerIdentityCommandOutput>
  /** Empty where the configuration says not to ask. */
  accountId(): Promise<string>
}

interface Clients {
  readonly apigateway: APIGatewayClient
  readonly apigatewayv2: ApiGatewayV2Client
  readonly autoscaling: AutoScalingClient
  readonly eks: EKSClient
  readonly elbv2: ElasticLoadBalancingV2Client
  readonly iam: IAMClient
  readonly sts: STSClient
  readonly route53: Route53Client
  ec2?: Promise<EC2Client>
}

/** The clients of one configured provider, made once for each region. */
export class AwsClients {
  readonly #config: AwsConfig
  readonly #regions = new Map<string, Clients>()
  #account: Promise<string> | undefined

  constructor(config: AwsConfig) {
    this.#config = config
  }

  for(region: string, signal: AbortSignal): Aws {
    const clients = this.#clients(region)
    const identity = async () => {
      const send = sender(clients.sts, 'STS', signal) as STSClient['send']
      return send(new GetCallerIdentityCommand({}))
    }
    return {
      region,
      partition: partitionOf(region),
      signal,
      apigateway: sender(clients.apigateway, 'API Gateway', signal) as APIGatewayClient['send'],
      apigatewayv2: sender(clients.apigatewayv2, 'ApiGatewayV2', signal) as ApiGatewayV2Client['send'],
      autoscaling: sender(clients.autoscaling, 'Auto Scaling', signal) as AutoScalingClient['send'],
      elbv2: sender(clients.elbv2, 'Elastic Load Balancing v2', signal) as ElasticLoadBalancingV2Client['send'],
      ec2: (async (command: object) => {
        const ec2 = await (clients.ec2 ??= this.#createEc2(region))
        return sender(ec2, 'EC2', signal)(command)
      }) as EC2Client['send'],
      eks: sender(clients.eks, 'EKS', signal) as EKSClient['send'],
      iam: sender(clients.iam, 'IAM', signal) as IAMClient['send'],
      route53: sender(clients.route53, 'Route 53', signal) as Route53Client['send'],
      callerIdentity: identity,
      accountId: async () => {
        if (this.#config.skipRequestingAccountId) return ''
        this.#account ??= identity().then(({ Account = '' }) => Account)
        return this.#account.catch((error: unknown) => {
          this.#account = undefined
          throw error
        })
      },
    }
  }

  close(): void {
    for (const { ec2, ...clients } of this.#regions.values()) {
      for (const client of Object.values(clients)) client.destroy()
      void ec2?.then(
        (client) => client.destroy(),
        () => undefined,
      )
    }
  }

  #clients(region: string): Clients {
    const known = this.#regions.get(region)
    if (known) return known
    const clients = {
      apigateway: new APIGatewayClient(this.#settings(region, ['apigateway'])),
      apigatewayv2: new ApiGatewayV2Client(this.#settings(region, ['apigatewayv2'])),
      autoscaling: new AutoScalingClient(this.#settings(region, ['autoscaling'])),
      eks: new EKSClient(this.#settings(region, ['eks'])),
      elbv2: new ElasticLoadBalancingV2Client(this.#settings(region, ['elbv2', 'elasticloadbalancingv2', 'lb'])),
      iam: new IAMClient(this.#settings(region, ['iam'])),
      sts: new STSClient(this.#settings(region, ['sts'])),
      route53: new Route53Client(this.#settings(region, ['route53'])),
    }
    this.#regions.set(region, clients)
    return clients
  }

  /** The EC2 client is large (0.4 s, 56 MB), and most programs need none. */
  async #createEc2(region: string): Promise<EC2Client> {
    const { EC2Client } = await import('@aws-sdk/client-ec2')
    return new EC2Client(this.#settings(region, ['ec2']))
  }

  #settings(region: string, endpointNames: string[]) {
    const { endpoints, credentials, maxAttempts } = this.#config
    const endpoint = endpointNames.map((name) => endpoints[name]).find((url) => url !== undefined) ?? endpoints['*']
    return {
      region,
      maxAttempts,
      retryMode: 'standard',
      customUserAgent: 'pulumi-stand-in',
      ...(endpoint && { endpoint }),
      ...(credentials && { credentials }),
    }
  }
}

interface Sendable {
  send(command: never, options: { abortSignal: AbortSignal }): Promise<unknown>
}

/** A client's `send` that gives up with `signal` and fails in AWS's words. */
function sender(client: Sendable, service: string, signal: AbortSignal) {
  return async (command: object): Promise<unknown> => {
    try {
      return await client.send(command as never, { abortSignal: signal })
    } catch (error) {
      throw new OperationError(service, command.constructor.name.replace(/Command$/, ''), error)
    }
  }
}

const partitions: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
]

function partitionOf(region: string): string {
  return partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws'
}
