import type { Service } from '../wire/model.ts'
import { apigateway } from './apigateway/operations.ts'
import { apigatewayv2 } from './apigatewayv2/operations.ts'
import { autoscaling } from './autoscaling/operations.ts'
import { cloudwatch } from './cloudwatch/operations.ts'
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
  autoscaling: {
    signingName: 'autoscaling',
    global: false,
    operations: autoscaling,
    load: async () => {
      const shapes = await import('@aws-sdk/client-auto-scaling')
      return { shapes, client: new shapes.AutoScalingClient() }
    },
  },
  cloudwatch: {
    signingName: 'monitoring',
    global: false,
    operations: cloudwatch,
    load: async () => {
      const shapes = await import('@aws-sdk/client-cloudwatch')
      return { shapes, client: new shapes.CloudWatchClient() }
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
  apigateway: {
    signingName: 'apigateway',
    global: false,
    operations: apigateway,
    load: async () => {
      const shapes = await import('@aws-sdk/client-api-gateway')
      return { shapes, client: new shapes.APIGatewayClient() }
    },
  },
  apigatewayv2: {
    signingName: 'apigateway',
    pathPrefix: '/v2/',
    global: false,
    operations: apigatewayv2,
    load: async () => {
      const shapes = await import('@aws-sdk/client-apigatewayv2')
      return { shapes, client: new shapes.ApiGatewayV2Client() }
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
