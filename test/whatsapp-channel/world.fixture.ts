import type { WhatsAppOptions } from '../../src/channels/whatsapp/channel.ts';
import {
  type Group,
  type Phone,
  startWhatsAppServer,
  type WhatsAppServer,
} from '../loopback/whatsapp/server.ts';
import type { AddressingMode } from '../loopback/whatsapp/types.ts';
import { ChannelHost } from './channel-host.fixture.ts';

export interface World extends AsyncDisposable {
  readonly server: WhatsAppServer;
  readonly host: ChannelHost;
  readonly alice: Phone;
  readonly bob: Phone;
  readonly group: Group;
}

export interface WorldOptions {
  addressingMode?: AddressingMode;
  channel?: Partial<WhatsAppOptions>;
}

/** Two friends in a group with the owner's account, whose host is not linked yet. */
export async function makeWorld({
  addressingMode = 'lid',
  channel,
}: WorldOptions = {}): Promise<World> {
  const server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const bob = server.addPhone({ name: 'Bob', phoneNumber: '15550000003' });
  const group = server.addGroup({ subject: 'Crew', members: [alice, bob], addressingMode });
  const host = new ChannelHost(server, channel);
  return {
    server,
    host,
    alice,
    bob,
    group,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The same, linked and open. */
export async function makeLinkedWorld(options?: WorldOptions): Promise<World> {
  const world = await makeWorld(options);
  try {
    await world.host.link();
    await world.host.start();
    return world;
  } catch (error) {
    await world[Symbol.asyncDispose]();
    throw error;
  }
}
