import type { Logging, LogType } from '@aws-sdk/client-eks'

const logTypes: readonly LogType[] = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']

/** What is on and what is off, of all types, after `wanted` has been asked for. */
export function acceptLogging(wanted: Logging | undefined, now?: Logging): Logging {
  const enabled = new Set(enabledTypes(now))
  for (const { types = [], enabled: on } of wanted?.clusterLogging ?? []) {
    for (const type of types) {
      if (on) enabled.add(type)
      else enabled.delete(type)
    }
  }
  const setups = [true, false].map((on) => ({
    types: logTypes.filter((type) => enabled.has(type) === on),
    enabled: on,
  }))
  return { clusterLogging: setups.filter(({ types }) => types.length > 0) }
}

const enabledTypes = (logging: Logging | undefined): LogType[] =>
  (logging?.clusterLogging ?? []).filter(({ enabled }) => enabled).flatMap(({ types = [] }) => types)
