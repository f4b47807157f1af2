import type { Service } from '../wire/model.ts'
import { ec2 } from './ec2/operations.ts'
import { eks } from './eks/operations.ts'
import { elbv2 } from './elbv2/operations.ts'
import { iam } from './iam/operations.ts'
import { route53 } from './route53/operations.ts'
import { sts } from './sts/operations.ts'

/** The AWS services that are served, by the names that the AWS CLI gives them. */
export const services = {
  sts: {
    signingName: 'sts',
    global: true,
    operations: sts,
    load: async () => {
      const shapes = await import('@aws-sdk/client-sts')
      return { shapes, client: new shapes.STSClient() }
    },
  },
  ec2: {
    signingName: 'ec2',
    global: false,
    operations: ec2,
    load: async () => {
      const shapes = await import('@aws-sdk/client-ec2')
      return { shapes, client: new shapes.EC2Client() }
    },
  },
  iam: {
    signingName: 'iam',
    global: true,
    operations: iam,
    load: async () => {
      const shapes = await import('@aws-sdk/client-iam')
      return { shapes, client: new shapes.IAMClient() }
    },
  },
  elbv2: {
    signingName: 'elasticloadbalancing',
    global: false,
    operations: elbv2,
    load: async () => {
      const shapes = await import('@aws-sdk/client-elastic-load-balancing-v2')
      return { shapes, client: new shapes.ElasticLoadBalancingV2Client() }
    },
  },
  eks: {
    signingName: 'eks',
    global: false,
    operations: eks,
    load: async () => {
      const shapes = await import('@aws-sdk/client-eks')
      return { shapes, client: new shapes.EKSClient() }
    },
  },
  route53: {
    signingName: 'route53',
    global: true,
    operations: route53,
    load: async () => {
      const shapes = await import('@aws-sdk/client-route-53')
      return { shapes, client: new shapes.Route53Client() }
    },
  },
} satisfies Readonly<Record<string, Service>>

export const serviceNames = Object.keys(services) as (keyof typeof services)[]
