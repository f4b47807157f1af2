import { fieldsOf, listOf, type Fields } from '../object.ts'
import type { Conversion } from '../resource.ts'

type Change = (value: Fields) => Fields

/** v1beta1 has `backend` and `serviceName` where v1 has `defaultBackend` and `service.name` (deprecation guide, v1.22). */
export const oldIngress: Conversion = {
  toStored: (object) =>
    withSpec(object, ({ backend, ...spec }) => ({
      ...withBackends(spec, toNewPath),
      ...(backend !== undefined && { defaultBackend: toNewBackend(fieldsOf(backend)) }),
    })),
  fromStored: (object) =>
    withSpec(object, ({ defaultBackend, ...spec }) => ({
      ...withBackends(spec, (path) => ({ ...path, backend: toOldBackend(fieldsOf(path.backend)) })),
      ...(defaultBackend !== undefined && { backend: toOldBackend(fieldsOf(defaultBackend)) }),
    })),
}

const withSpec = <Given extends Fields>(object: Given, change: Change): Given =>
  object.spec === undefined ? object : { ...object, spec: change(fieldsOf(object.spec)) }

function withBackends({ rules, ...spec }: Fields, change: Change): Fields {
  if (rules === undefined) return spec
  const changed = listOf(rules).map((rule) => {
    const { http, ...rest } = fieldsOf(rule)
    if (http === undefined) return rest
    const paths = listOf(fieldsOf(http).paths).map((path) => change(fieldsOf(path)))
    return { ...rest, http: { ...fieldsOf(http), paths } }
  })
  return { ...spec, rules: changed }
}

/** A type of path is required in v1, and has a default in v1beta1. */
const toNewPath: Change = ({ backend, ...path }) => ({
  pathType: 'ImplementationSpecific',
  ...path,
  backend: toNewBackend(fieldsOf(backend)),
})

const toNewBackend: Change = ({ serviceName, servicePort, ...rest }) =>
  serviceName === undefined
    ? rest
    : {
        ...rest,
        service: {
          name: serviceName,
          port: typeof servicePort === 'number' ? { number: servicePort } : { name: servicePort },
        },
      }

const toOldBackend: Change = ({ service, ...rest }) => {
  if (service === undefined) return rest
  const { name, port } = fieldsOf(service)
  const { name: portName, number } = fieldsOf(port)
  return { ...rest, serviceName: name, servicePort: portName ?? number }
}
