import { isPresent, type Properties } from '../properties.ts'

export interface KubernetesConfig {
  /** For namespaced objects that name none. */
  namespace: string
  /** An unreachable cluster's objects leave the state without a word to the cluster. */
  deleteUnreachable: boolean
  /** An unreachable cluster's objects stay as they are. */
  skipUpdateUnreachable: boolean
  serverSideApply: boolean
  /** A create takes over an object that exists. */
  upsertExistingObjects: boolean
  /** Apply wins over other managers' fields. */
  patchForce: boolean
  mutable: { configMaps: boolean; secrets: boolean }
}

type Environment = Readonly<Record<string, string | undefined>>

/** The official provider's options, each with its environment variable where it has one. */
export function readConfig(options: Properties, environment: Environment): KubernetesConfig {
  const flag = (name: string, variable: string, otherwise = false) => {
    const value = isPresent(options[name]) ? options[name] : environment[variable]
    return isPresent(value) ? value === true || value === 'true' : otherwise
  }
  return {
    namespace: typeof options.namespace === 'string' ? options.namespace : '',
    deleteUnreachable: flag('deleteUnreachable', 'PULUMI_K8S_DELETE_UNREACHABLE'),
    skipUpdateUnreachable: flag('skipUpdateUnreachable', 'PULUMI_K8S_SKIP_UPDATE_UNREACHABLE'),
    serverSideApply: flag('enableServerSideApply', 'PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY', true),
    upsertExistingObjects: flag('upsertExistingObjects', 'PULUMI_K8S_UPSERT_EXISTING_OBJECTS'),
    patchForce: flag('enablePatchForce', 'PULUMI_K8S_ENABLE_PATCH_FORCE'),
    mutable: {
      configMaps: flag('enableConfigMapMutable', 'PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE'),
      secrets: flag('enableSecretMutable', 'PULUMI_K8S_ENABLE_SECRET_MUTABLE'),
    },
  }
}
