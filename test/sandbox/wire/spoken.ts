import { services } from '../../../sandbox/cloud/services.ts'
import type { Service } from '../../../sandbox/wire/model.ts'

const nothing = { global: false, operations: {} }

/** The wire speaks their protocols; nothing behind it answers yet. */
const unservedServices: Readonly<Record<string, Service>> = {
  apigateway: {
    ...nothing,
    signingName: 'apigateway',
    load: async () => {
      const shapes = await import('@aws-sdk/client-api-gateway')
      return { shapes, client: new shapes.APIGatewayClient() }
    },
  },
  apigatewayv2: {
    ...nothing,
    signingName: 'apigateway',
    pathPrefix: '/v2/',
    load: async () => {
      const shapes = await import('@aws-sdk/client-apigatewayv2')
      return { shapes, client: new shapes.ApiGatewayV2Client() }
    },
  },
  autoscaling: {
    ...nothing,
    signingName: 'autoscaling',
    load: async () => {
      const shapes = await import('@aws-sdk/client-auto-scaling')
      return { shapes, client: new shapes.AutoScalingClient() }
    },
  },
  cloudwatch: {
    ...nothing,
    signingName: 'monitoring',
    load: async () => {
      const shapes = await import('@aws-sdk/client-cloudwatch')
      return { shapes, client: new shapes.CloudWatchClient() }
    },
  },
}

/** Everything that the wire can speak to, by the names of the AWS CLI. */
export const spokenServices: Readonly<Record<string, Service>> = { ...unservedServices, ...services }
