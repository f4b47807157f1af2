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
import { eksAccessEntry } from './types/eks-access-entry.ts'
import { eksAccessPolicyAssociation } from './types/eks-access-policy-association.ts'
import { eksAddon } from './types/eks-addon.ts'
import { eksCluster } from './types/eks-cluster.ts'
import { eksNodeGroup } from './types/eks-node-group.ts'
import { iamOpenIdConnectProvider } from './types/iam-openid-connect-provider.ts'
import { iamPolicy } from './types/iam-policy.ts'
import { iamRolePolicyAttachment } from './types/iam-role-policy-attachment.ts'
import { iamRolePolicy } from './types/iam-role-policy.ts'
import { iamRole } from './types/iam-role.ts'
import { launchTemplate } from './types/launch-template.ts'
import { listenerCertificate } from './types/listener-certificate.ts'
import { listenerRule } from './types/listener-rule.ts'
import { listener } from './types/listener.ts'
import { loadBalancer } from './types/load-balancer.ts'
import { record } from './types/record.ts'
import { securityGroupRule } from './types/security-group-rule.ts'
import { securityGroup } from './types/security-group.ts'
import { targetGroupAttachment } from './types/target-group-attachment.ts'
import { targetGroup } from './types/target-group.ts'
import { trafficSourceAttachment } from './types/traffic-source-attachment.ts'
import { securityGroupEgressRule, securityGroupIngressRule } from './types/vpc-security-group-rule.ts'

/** Every resource type that this provider knows. A new one is a file in types/ and a line here. */
const all = [
  loadBalancer,
  listener,
  listenerRule,
  listenerCertificate,
  targetGroup,
  targetGroupAttachment,
  securityGroup,
  securityGroupRule,
  securityGroupIngressRule,
  securityGroupEgressRule,
  launchTemplate,
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
  iamRole,
  iamRolePolicy,
  iamRolePolicyAttachment,
  iamPolicy,
  iamOpenIdConnectProvider,
  eksCluster,
  eksNodeGroup,
  eksAddon,
  eksAccessEntry,
  eksAccessPolicyAssociation,
]

export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(all.map((type) => [type.token, type]))
