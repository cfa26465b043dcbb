/** A broker that clients reach in the clear and, where `secure` is given, with sign-in and TLS. */
export type ServerOptions = {
  readonly logDirectory: string
  readonly port: number
  readonly controllerPort: number
  readonly secure?: SecureServer
}

/** Ports of the secure listeners, and what they are made of. Files are PEM. */
export type SecureServer = {
  readonly ports: SecurePorts
  /** Private key and certificate of the broker, in one file. */
  readonly keyStoreFile: string
  readonly authorityFile: string
  readonly user: string
  readonly password: string
}

export type SecurePorts = {
  readonly sasl: number
  readonly tls: number
  readonly mutualTls: number
  readonly saslTls: number
}

type Properties = Readonly<Record<string, string | number | boolean>>

const host = '127.0.0.1'

/** One node that is broker and controller. The voters are static, so that a directory may be served on other ports later. */
const oneNode = ({ logDirectory, controllerPort }: ServerOptions): Properties => ({
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.listener.names': 'CONTROLLER',
  'controller.quorum.voters': `1@${host}:${controllerPort}`,
  'log.dirs': logDirectory,
  // a broker that was killed is let in again once the session of its earlier self has ended
  'broker.session.timeout.ms': 2_000,
  'broker.heartbeat.interval.ms': 400,
})

/** Small, since there is one node and little data; whatever clients feel is left as Kafka has it. */
const forDevelopment: Properties = {
  'auto.create.topics.enable': false,
  'default.replication.factor': 1,
  'min.insync.replicas': 1,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 4,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 4,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
  // a group forms at once, and forgets a member that was killed within a second where it asks for that
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 1_000,
}

const plainModule = 'org.apache.kafka.common.security.plain.PlainLoginModule'
const scramModule = 'org.apache.kafka.common.security.scram.ScramLoginModule'

const signIn = (listener: string, { user, password }: SecureServer): Properties => ({
  [`listener.name.${listener}.plain.sasl.jaas.config`]: `${plainModule} required user_${user}="${password}";`,
  [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: `${scramModule} required;`,
  [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: `${scramModule} required;`,
})

const security = (secure: SecureServer): Properties => ({
  'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
  ...signIn('sasl', secure),
  ...signIn('sasl_tls', secure),
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.location': secure.keyStoreFile,
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': secure.authorityFile,
  'listener.name.mutual_tls.ssl.client.auth': 'required',
})

type Listener = { readonly name: string; readonly protocol: string; readonly port: number }

const listenersOf = ({ port, controllerPort, secure }: ServerOptions) => {
  const clients: readonly Listener[] = [
    { name: 'PLAINTEXT', protocol: 'PLAINTEXT', port },
    ...(secure === undefined
      ? []
      : [
          { name: 'SASL', protocol: 'SASL_PLAINTEXT', port: secure.ports.sasl },
          { name: 'TLS', protocol: 'SSL', port: secure.ports.tls },
          { name: 'MUTUAL_TLS', protocol: 'SSL', port: secure.ports.mutualTls },
          { name: 'SASL_TLS', protocol: 'SASL_SSL', port: secure.ports.saslTls },
        ]),
  ]
  const controller = { name: 'CONTROLLER', protocol: 'PLAINTEXT', port: controllerPort }
  const addresses = (listeners: readonly Listener[]) =>
    listeners.map((one) => `${one.name}://${host}:${one.port}`).join(',')
  return {
    listeners: addresses([...clients, controller]),
    'advertised.listeners': addresses(clients),
    'listener.security.protocol.map': [...clients, controller]
      .map(({ name, protocol }) => `${name}:${protocol}`)
      .join(','),
  }
}

/** A value as java.util.Properties reads it: Latin-1, with the rest and the backslash escaped. */
const escaped = (value: string): string =>
  value
    .replaceAll('\\', '\\\\')
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The text of server.properties. Every listener is on 127.0.0.1. */
export const serverProperties = (options: ServerOptions): string => {
  const properties: Properties = {
    ...oneNode(options),
    ...listenersOf(options),
    ...forDevelopment,
    ...(options.secure === undefined ? {} : security(options.secure)),
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escaped(String(value))}\n`)
    .join('')
}
