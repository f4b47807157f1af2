import type {
  DescribeListenerAttributesCommandInput,
  DescribeListenerAttributesCommandOutput,
  DescribeLoadBalancerAttributesCommandInput,
  DescribeLoadBalancerAttributesCommandOutput,
  DescribeTargetGroupAttributesCommandInput,
  DescribeTargetGroupAttributesCommandOutput,
  ModifyListenerAttributesCommandInput,
  ModifyListenerAttributesCommandOutput,
  ModifyLoadBalancerAttributesCommandInput,
  ModifyLoadBalancerAttributesCommandOutput,
  ModifyTargetGroupAttributesCommandInput,
  ModifyTargetGroupAttributesCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Operation } from '../operation.ts'
import {
  attributeList,
  knownAttributes,
  listenerAttributes,
  loadBalancerAttributes,
  setAttributes,
  targetGroupAttributes,
} from './attributes.ts'
import { findListener, findLoadBalancer, findTargetGroup } from './find.ts'

export const describeLoadBalancerAttributes: Operation<
  DescribeLoadBalancerAttributesCommandInput,
  DescribeLoadBalancerAttributesCommandOutput
> = (world, input) => ({ Attributes: attributeList(findLoadBalancer(world, input.LoadBalancerArn).attributes) })

export const modifyLoadBalancerAttributes: Operation<
  ModifyLoadBalancerAttributesCommandInput,
  ModifyLoadBalancerAttributesCommandOutput
> = (world, input) => {
  const { type, attributes } = findLoadBalancer(world, input.LoadBalancerArn)
  setAttributes(attributes, loadBalancerAttributes[type], input.Attributes ?? [], {
    noun: 'Load balancer',
    kind: `load balancers with type '${type}'`,
    known: knownAttributes.loadBalancer,
  })
  return { Attributes: attributeList(attributes) }
}

export const describeTargetGroupAttributes: Operation<
  DescribeTargetGroupAttributesCommandInput,
  DescribeTargetGroupAttributesCommandOutput
> = (world, input) => ({ Attributes: attributeList(findTargetGroup(world, input.TargetGroupArn).attributes) })

export const modifyTargetGroupAttributes: Operation<
  ModifyTargetGroupAttributesCommandInput,
  ModifyTargetGroupAttributesCommandOutput
> = (world, input) => {
  const group = findTargetGroup(world, input.TargetGroupArn)
  setAttributes(group.attributes, targetGroupAttributes(group), input.Attributes ?? [], {
    noun: 'Target group',
    kind: group.protocol
      ? `target groups with protocol '${group.protocol}'`
      : `target groups with target type '${group.targetType}'`,
    known: knownAttributes.targetGroup,
  })
  return { Attributes: attributeList(group.attributes) }
}

export const describeListenerAttributes: Operation<
  DescribeListenerAttributesCommandInput,
  DescribeListenerAttributesCommandOutput
> = (world, input) => ({ Attributes: attributeList(findListener(world, input.ListenerArn).attributes) })

export const modifyListenerAttributes: Operation<
  ModifyListenerAttributesCommandInput,
  ModifyListenerAttributesCommandOutput
> = (world, input) => {
  const { protocol, attributes } = findListener(world, input.ListenerArn)
  setAttributes(attributes, listenerAttributes(protocol), input.Attributes ?? [], {
    noun: 'Listener',
    kind: `listeners with protocol '${protocol}'`,
    known: knownAttributes.listener,
  })
  return { Attributes: attributeList(attributes) }
}
