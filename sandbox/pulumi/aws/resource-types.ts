import type { ResourceType } from './resource-type.ts'
import { autoscalingAttachment } from './types/autoscaling-attachment.ts'
import { apigatewayDeployment } from './types/apigateway-deployment.ts'
import { apigatewayIntegration } from './types/apigateway-integration.ts'
import { apigatewayStage } from './types/apigateway-stage.ts'
import { apigatewayVpcLink } from './types/apigateway-vpc-link.ts'
import { apigatewayv2Deployment } from './types/apigatewayv2-deployment.ts'
import { apigatewayv2Integration } from './types/apigatewayv2-integration.ts'
import { apigatewayv2Route } from './types/apigatewayv2-route.ts'
import { apigatewayv2Stage } from './types/apigatewayv2-stage.ts'
import { listenerCertificate } from './types/listener-certificate.ts'
import { listenerRule } from './types/listener-rule.ts'
import { listener } from './types/listener.ts'
import { loadBalancer } from './types/load-balancer.ts'
import { record } from './types/record.ts'
import { securityGroupIngressRule } from './types/security-group-ingress-rule.ts'
import { targetGroupAttachment } from './types/target-group-attachment.ts'
import { targetGroup } from './types/target-group.ts'
import { trafficSourceAttachment } from './types/traffic-source-attachment.ts'

/** Every resource type that this provider knows. A new one is a file in types/ and a line here. */
const all = [
  loadBalancer,
  listener,
  listenerRule,
  listenerCertificate,
  targetGroup,
  targetGroupAttachment,
  securityGroupIngressRule,
  autoscalingAttachment,
  trafficSourceAttachment,
  apigatewayDeployment,
  apigatewayIntegration,
  apigatewayStage,
  apigatewayVpcLink,
  record,
  apigatewayv2Deployment,
  apigatewayv2Integration,
  apigatewayv2Route,
  apigatewayv2Stage,
]

export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(all.map((type) => [type.token, type]))
