import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2'
import { WebhookDenial, WebhookUnavailable, type AdmissionRequest, type Webhook } from '../registry/admission.ts'
import { nameOf } from '../object.ts'
import type { Store } from '../store/store.ts'
import { bindings, type Abilities, type TargetGroupBinding } from './binding.ts'
import { wordsOf } from './target-groups.ts'

interface Surroundings {
  store: Store
  abilities: Abilities
  /** False while no pod of the controller is ready: the API server then reaches no webhook, and writes fail. */
  serving(): boolean
  describe(arn: string): Promise<TargetGroup>
}

const service = 'aws-load-balancer-webhook-service'
const vpcPattern = /^vpc-([0-9a-f]{8}|[0-9a-f]{17}|[0-9a-f]{32})$/

const addressTypeOf = ({ IpAddressType }: TargetGroup): 'ipv4' | 'ipv6' => (IpAddressType === 'ipv6' ? 'ipv6' : 'ipv4')

/**
 * The webhook reads a binding into Go's types and writes them back, so required fields that a request leaves out come to
 * be there, empty, and the definition does not miss them (measured with 2.4.5).
 */
function withRequired(binding: TargetGroupBinding): TargetGroupBinding {
  const { serviceRef, targetGroupARN = '', ...rest }: Partial<TargetGroupBinding['spec']> = binding.spec ?? {}
  const { name = '', port = 0 } = serviceRef ?? {}
  return { ...binding, spec: { ...rest, serviceRef: { name, port }, targetGroupARN } }
}

class Checks {
  readonly #around: Surroundings

  constructor(around: Surroundings) {
    this.#around = around
  }

  deny(message: string): WebhookDenial {
    return this.#around.abilities.plainDenials ? new WebhookDenial(message) : new WebhookDenial(message, message)
  }

  async #ask(binding: TargetGroupBinding, failure: string): Promise<TargetGroup> {
    try {
      return await this.#around.describe(binding.spec.targetGroupARN)
    } catch (error) {
      throw this.deny(`${failure}: ${wordsOf(error)}`)
    }
  }

  /** Fills in what AWS knows about the group. */
  async complete(binding: TargetGroupBinding): Promise<TargetGroupBinding> {
    const spec = { ...binding.spec }
    if (spec.targetType === undefined) {
      const { TargetType } = await this.#ask(binding, "couldn't determine TargetType")
      if (TargetType !== 'instance' && TargetType !== 'ip') throw this.deny(`unsupported TargetType: ${TargetType}`)
      spec.targetType = TargetType
    }
    spec.ipAddressType ??= addressTypeOf(await this.#ask(binding, 'unable to get target group IP address type'))
    if (this.#around.abilities.vpcId)
      spec.vpcID ??= (await this.#ask(binding, 'unable to get target group VpcID')).VpcId ?? ''
    return { ...binding, spec }
  }

  required({ spec }: TargetGroupBinding): void {
    if (!spec.targetType) throw this.deny('TargetGroupBinding must specify these fields: spec.targetType')
  }

  nodeSelector({ spec }: TargetGroupBinding): void {
    if (spec.targetType === 'ip' && spec.nodeSelector) {
      throw this.deny('TargetGroupBinding cannot set NodeSelector when TargetType is ip')
    }
  }

  /** One binding per target group in a cluster, unless all of them share it with other clusters. */
  unbound({ spec }: TargetGroupBinding): void {
    const same = this.#around.store
      .list<TargetGroupBinding>(bindings)
      .find((one) => one.spec.targetGroupARN === spec.targetGroupARN)
    if (!same) return
    throw this.deny(
      `TargetGroup ${spec.targetGroupARN} is already bound to TargetGroupBinding ${nameOf(same.metadata)}`,
    )
  }

  async group(binding: TargetGroupBinding): Promise<void> {
    const { targetGroupARN, ipAddressType = 'ipv4', vpcID } = binding.spec
    const group = await this.#ask(binding, 'unable to get target group IP address type')
    const actual = addressTypeOf(group)
    if (actual !== ipAddressType) throw this.deny(`invalid IP address type ${actual} for TargetGroup ${targetGroupARN}`)
    if (!vpcID) return
    if (!vpcPattern.test(vpcID)) {
      throw this.deny(
        `ValidationError: vpcID ${vpcID} failed to satisfy constraint: VPC Id must begin with 'vpc-' followed by 8, 17 or 32 lowercase letters (a-f) or numbers.`,
      )
    }
    if (vpcID !== group.VpcId) {
      throw this.deny(`invalid VpcID ${vpcID} doesnt match VpcID from TargetGroup ${targetGroupARN}`)
    }
  }

  immutable({ spec }: TargetGroupBinding, { spec: before }: TargetGroupBinding): void {
    // A binding from before the field was there counts as ipv4.
    const addressType = before.ipAddressType ? spec.ipAddressType : (spec.ipAddressType ?? 'ipv4')
    const changed = [
      ...(spec.targetGroupARN !== before.targetGroupARN ? ['spec.targetGroupARN'] : []),
      ...(spec.targetType !== before.targetType ? ['spec.targetType'] : []),
      ...(addressType !== (before.ipAddressType ?? 'ipv4') ? ['spec.ipAddressType'] : []),
      ...(before.vpcID && spec.vpcID !== before.vpcID ? ['spec.vpcID'] : []),
    ]
    if (changed.length === 0) return
    throw this.deny(`TargetGroupBinding update may not change these fields: ${changed.join(',')}`)
  }
}

/** The controller's webhooks for TargetGroupBindings: one completes new bindings from AWS, one refuses wrong ones. */
export function bindingWebhooks(around: Surroundings): Webhook[] {
  const checks = new Checks(around)
  const reach = (path: string) => {
    if (around.serving()) return
    throw new WebhookUnavailable(
      `Post "https://${service}.kube-system.svc:443/${path}-elbv2-k8s-aws-v1beta1-targetgroupbinding?timeout=10s": no endpoints available for service "${service}"`,
    )
  }
  const asBinding = (object: unknown) => object as TargetGroupBinding
  return [
    {
      name: 'mtargetgroupbinding.elbv2.k8s.aws',
      key: bindings,
      async mutate({ operation, object }: AdmissionRequest) {
        reach('mutate')
        const binding = withRequired(asBinding(object))
        return operation === 'CREATE' ? await checks.complete(binding) : binding
      },
    },
    {
      name: 'vtargetgroupbinding.elbv2.k8s.aws',
      key: bindings,
      async validate({ operation, object, before }: AdmissionRequest) {
        reach('validate')
        const binding = asBinding(object)
        checks.required(binding)
        if (operation === 'UPDATE') checks.immutable(binding, asBinding(before))
        checks.nodeSelector(binding)
        if (operation === 'UPDATE') return
        checks.unbound(binding)
        await checks.group(binding)
      },
    },
  ]
}
