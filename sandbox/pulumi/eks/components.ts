import { addon, vpcCniAddon } from './addons.ts'
import { cluster } from './cluster.ts'
import type { Component } from './component.ts'
import { managedNodeGroup } from './managed-node-group.ts'

/** Every component that this plugin builds, by the official package's own types. */
export const components: ReadonlyMap<string, Component> = new Map([
  ['eks:index:Cluster', cluster],
  ['eks:index:ManagedNodeGroup', managedNodeGroup],
  ['eks:index:Addon', addon],
  ['eks:index:VpcCniAddon', vpcCniAddon],
])
