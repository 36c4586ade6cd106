import { container, ready, type Service } from 'devservices';
import type { Settings } from './settings.ts';
import type { Switches } from './switches.ts';

const megabytes50 = 50_000_000;

/** What carries messages. */
export function brokers(_settings: Settings, switches: Switches): Record<string, Service> {
  return {
    rabbitmq: {
      run: container({
        image: 'ghcr.io/getsentry/image-mirror-library-rabbitmq:3-management',
        restart: 'unless-stopped',
      }),
      ports: { amqp: 5672, ui: 15_672 },
      ready: ready.command(['rabbitmq-diagnostics', '-q', 'ping'], { timeout: '20s' }),
      onlyIf: switches.rabbitmq,
    },
    kafka: {
      run: container({
        image: 'ghcr.io/getsentry/image-mirror-confluentinc-cp-kafka:7.5.0',
        // One node that is broker and controller, and tells each side the address that it can reach.
        environment: ({ published }) => ({
          CLUSTER_ID: 'sentry-devservices-kft',
          KAFKA_NODE_ID: 1001,
          KAFKA_PROCESS_ROLES: 'broker,controller',
          KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
          KAFKA_CONTROLLER_QUORUM_VOTERS: '1001@127.0.0.1:29093',
          KAFKA_LISTENERS:
            'PLAINTEXT://0.0.0.0:29092,INTERNAL://0.0.0.0:9093,EXTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29093',
          KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:29092,INTERNAL://kafka:9093,EXTERNAL://127.0.0.1:${published('broker')}`,
          KAFKA_LISTENER_SECURITY_PROTOCOL_MAP:
            'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
          KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
          KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
          KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: 1,
          KAFKA_LOG_RETENTION_HOURS: 24,
          KAFKA_MESSAGE_MAX_BYTES: megabytes50,
          KAFKA_MAX_REQUEST_SIZE: megabytes50,
        }),
        volumes: ['data:/var/lib/kafka/data'],
        restart: 'unless-stopped',
      }),
      ports: { broker: 9092 },
      ready: ready.command(['kafka-topics', '--bootstrap-server', '127.0.0.1:29092', '--list'], {
        timeout: '20s',
        deadline: '3m',
      }),
      onlyIf: switches.kafka,
      exports: ({ host, address }) => ({
        // The two listeners are one broker: which address holds depends on who asks.
        KAFKA_BROKERS: host('broker') === '127.0.0.1' ? address('broker') : 'kafka:9093',
      }),
    },
  };
}
