import { announced } from '../announced.ts'
import type { Operations } from '../operation.ts'
import * as attributes from './attribute-operations.ts'
import * as capacity from './capacity.ts'
import * as certificates from './certificates.ts'
import { describeAccountLimits } from './limits.ts'
import * as listeners from './listeners.ts'
import * as loadBalancers from './load-balancers.ts'
import * as rules from './rules.ts'
import { describeSSLPolicies } from './ssl-policies.ts'
import * as tags from './tags.ts'
import * as targetGroups from './target-groups.ts'
import * as targets from './targets.ts'

const reads: Operations = {
  DescribeAccountLimits: describeAccountLimits,
  DescribeCapacityReservation: capacity.describeCapacityReservation,
  DescribeListenerAttributes: attributes.describeListenerAttributes,
  DescribeListenerCertificates: certificates.describeListenerCertificates,
  DescribeListeners: listeners.describeListeners,
  DescribeLoadBalancerAttributes: attributes.describeLoadBalancerAttributes,
  DescribeLoadBalancers: loadBalancers.describeLoadBalancers,
  DescribeRules: rules.describeRules,
  DescribeSSLPolicies: describeSSLPolicies,
  DescribeTags: tags.describeTags,
  DescribeTargetGroupAttributes: attributes.describeTargetGroupAttributes,
  DescribeTargetGroups: targetGroups.describeTargetGroups,
  DescribeTargetHealth: targets.describeTargetHealth,
}

const writes: Operations = {
  AddListenerCertificates: certificates.addListenerCertificates,
  AddTags: tags.addTags,
  CreateListener: listeners.createListener,
  CreateLoadBalancer: loadBalancers.createLoadBalancer,
  CreateRule: rules.createRule,
  CreateTargetGroup: targetGroups.createTargetGroup,
  DeleteListener: listeners.deleteListener,
  DeleteLoadBalancer: loadBalancers.deleteLoadBalancer,
  DeleteRule: rules.deleteRule,
  DeleteTargetGroup: targetGroups.deleteTargetGroup,
  DeregisterTargets: targets.deregisterTargets,
  ModifyCapacityReservation: capacity.modifyCapacityReservation,
  ModifyListener: listeners.modifyListener,
  ModifyListenerAttributes: attributes.modifyListenerAttributes,
  ModifyLoadBalancerAttributes: attributes.modifyLoadBalancerAttributes,
  ModifyRule: rules.modifyRule,
  ModifyTargetGroup: targetGroups.modifyTargetGroup,
  ModifyTargetGroupAttributes: attributes.modifyTargetGroupAttributes,
  RegisterTargets: targets.registerTargets,
  RemoveListenerCertificates: certificates.removeListenerCertificates,
  RemoveTags: tags.removeTags,
  SetIpAddressType: loadBalancers.setIpAddressType,
  SetRulePriorities: rules.setRulePriorities,
  SetSecurityGroups: loadBalancers.setSecurityGroups,
  SetSubnets: loadBalancers.setSubnets,
}

export const elbv2: Operations = { ...reads, ...announced(writes) }
