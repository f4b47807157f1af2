import { refTo, type Schema } from './schema.ts'

const text: Schema = { type: 'string' }
const listOf = (type: string): Schema => ({ type: 'array', items: refTo(type) })
const port: Schema = { type: 'string', format: 'int-or-string', 'x-kubernetes-int-or-string': true }

const object = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties })

/** Types that old clusters serve and the client library has forgotten (Kubernetes API reference, v1.21). */
export const retiredTypes: Readonly<Record<string, Schema>> = {
  V1beta1Ingress: object({
    apiVersion: text,
    kind: text,
    metadata: refTo('V1ObjectMeta'),
    spec: refTo('V1beta1IngressSpec'),
    status: refTo('V1IngressStatus'),
  }),
  V1beta1IngressSpec: object({
    backend: refTo('V1beta1IngressBackend'),
    ingressClassName: text,
    rules: listOf('V1beta1IngressRule'),
    tls: listOf('V1IngressTLS'),
  }),
  V1beta1IngressRule: object({ host: text, http: refTo('V1beta1HTTPIngressRuleValue') }),
  V1beta1HTTPIngressRuleValue: object({ paths: listOf('V1beta1HTTPIngressPath') }),
  V1beta1HTTPIngressPath: object({ backend: refTo('V1beta1IngressBackend'), path: text, pathType: text }),
  V1beta1IngressBackend: object({
    resource: refTo('V1TypedLocalObjectReference'),
    serviceName: text,
    servicePort: port,
  }),
}
