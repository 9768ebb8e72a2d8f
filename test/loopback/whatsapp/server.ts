import type { BinaryNode, proto } from '@whiskeysockets/baileys';
import type { WebSocket } from 'ws';
import type { ClientConnection } from './client-connection.ts';
import { Companion } from './companion.ts';
import { ConnectionPool } from './connection-pool.ts';
import { createCounts } from './counts.ts';
import { Delivery } from './delivery.ts';
import { Directory } from './directory.ts';
import { FaultSwitches } from './faults.ts';
import { GroupChat } from './group.ts';
import { sendFirstSync } from './history.ts';
import { phoneNumberJid } from './jids.ts';
import { Listener } from './listener.ts';
import { Session } from './login.ts';
import { MediaServer } from './media-server.ts';
import { element } from './nodes.ts';
import { NumberPlan } from './number-plan.ts';
import { Pairing } from './pairing.ts';
import { PairingCode } from './pairing-code.ts';
import { SimulatedPhone } from './phone.ts';
import type { PhoneNetwork } from './phone-network.ts';
import { createStanzaHandler } from './stanza-handler.ts';
import { StateWatch } from './state-watch.ts';
import { Timers } from './timers.ts';
import type { Counts, GroupOptions, Phone, ServerOptions, WhatsAppServer } from './types.ts';

export type * from './types.ts';

const OWNER = { name: 'Olivia Owner', phoneNumber: '15550000001' };

/** Starts a WhatsApp for one account on 127.0.0.1. Dispose it to close every socket and timer. */
export async function startWhatsAppServer(options: ServerOptions = {}): Promise<WhatsAppServer> {
  const server = new LoopbackServer(options);
  await server.open();
  return server;
}

const now = () => Math.floor(Date.now() / 1000);

class LoopbackServer implements WhatsAppServer {
  readonly counts = createCounts();
  readonly media: MediaServer;
  readonly faults: FaultSwitches;
  readonly owner: SimulatedPhone;
  readonly #directory = new Directory();
  readonly #companion: Companion;
  readonly #delivery: Delivery;
  readonly #session: Session;
  readonly #pairing: Pairing;
  readonly #pairingCode: PairingCode;
  readonly #listener: Listener;
  readonly #network: PhoneNetwork;
  readonly #connections: ConnectionPool;
  readonly #numbers: NumberPlan;
  readonly #timers = new Timers();
  readonly #watch = new StateWatch();
  readonly #handleStanza: (connection: ClientConnection, node: BinaryNode) => Promise<void>;
  #firstSync: Promise<void> = Promise.resolve();

  constructor({ port = 0, seed = 0, owner = OWNER }: ServerOptions) {
    this.#numbers = new NumberPlan(seed);
    this.media = new MediaServer(() => this.faults);
    const { handleRequest } = this.media;
    this.#connections = this.#createPool();
    this.#listener = new Listener(port, (socket) => this.#accept(socket), handleRequest);
    this.faults = new FaultSwitches({
      connections: () => this.#connections,
      unlink: () => this.#unlink(),
      releaseHeld: () => this.#delivery.releaseHeld(),
      setListening: (on) => this.#setListening(on),
    });
    this.#delivery = new Delivery(
      () => this.faults,
      this.counts,
      () => this.#watch.changed(),
    );
    const lid = this.#numbers.takeLid();
    const jid = phoneNumberJid(owner.phoneNumber);
    this.#companion = new Companion({ jid, lid }, (count) => this.#askForKeys(count));
    this.#network = {
      directory: this.#directory,
      companion: this.#companion,
      delivery: this.#delivery,
      storeFile: (file) => this.media.store(file),
      file: (path) => this.media.file(path),
      fileUrl: (path) => this.#listener.httpUrl + path,
      owner: () => this.owner,
      now,
    };
    this.owner = new SimulatedPhone({ name: owner.name, jid, lid }, this.#network);
    this.#directory.addPhone(this.owner);
    const core = { owner: () => this.owner, companion: this.#companion, now };
    this.#session = new Session({ ...core, faults: () => this.faults, counts: this.counts });
    this.#pairing = new Pairing({ ...core, onLinked: () => this.#delivery.forgetAll() });
    this.#pairingCode = new PairingCode(this.#pairing, core.owner);
    this.#handleStanza = this.#createHandler();
  }

  get url(): string {
    return this.#listener.url;
  }

  async open(): Promise<void> {
    await Promise.all([this.#listener.open(), this.media.open()]);
  }

  addPhone({ name, phoneNumber }: { name: string; phoneNumber: string }): Phone {
    const person = { name, jid: phoneNumberJid(phoneNumber), lid: this.#numbers.takeLid() };
    const phone = new SimulatedPhone(person, this.#network);
    this.#directory.addPhone(phone);
    return phone;
  }

  addGroup({ subject, members, addressingMode = 'lid' }: GroupOptions): GroupChat {
    const jid = this.#numbers.takeGroupJid();
    const phones = members.map((member) => {
      const phone = this.#directory.phone(member.jid);
      if (!phone) throw new Error(`${member.name} belongs to another server`);
      return phone;
    });
    const group = new GroupChat(
      { jid, subject, addressingMode, owner: this.owner, members: phones },
      { now, notify: (stanza) => this.#notify(stanza) },
    );
    this.#directory.addGroup(group);
    return group;
  }

  scanQr(qr: string): Promise<void> {
    return this.#pairing.scanQr(qr);
  }

  enterPairingCode(code: string, signal?: AbortSignal): Promise<void> {
    return this.#pairingCode.enter(code, signal);
  }

  connected(): boolean {
    return this.#session.isActive;
  }

  get rootKey(): Uint8Array {
    return this.#connections.rootKey;
  }

  waitForCounts(predicate: (counts: Counts) => boolean, signal?: AbortSignal): Promise<void> {
    return this.#watch.waitUntil(() => predicate(this.counts), signal);
  }

  waitForConnection(signal?: AbortSignal): Promise<void> {
    return this.#watch.waitUntil(() => this.#session.isActive, signal);
  }

  waitForDisconnection(signal?: AbortSignal): Promise<void> {
    return this.#watch.waitUntil(() => !this.#session.hasConnection, signal);
  }

  async waitForQuiet(signal?: AbortSignal): Promise<void> {
    await this.#firstSync;
    return this.#delivery.waitUntilSettled(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new Error('the loopback server was closed');
    this.#timers.close();
    const closing = [this.#listener.close(), this.media.close(), this.#connections.close()];
    await Promise.all(closing);
    const waited = [this.#watch, this.#delivery, this.#pairingCode, ...this.#directory.phones];
    for (const each of waited) each.close(reason);
  }

  #askForKeys(count: number): void {
    const t = String(now());
    const attrs = { from: 's.whatsapp.net', type: 'encrypt', id: `keys-${t}`, t };
    const left = element('count', { value: String(count) });
    this.#notify(element('notification', attrs, [left]));
  }

  #notify(stanza: BinaryNode): void {
    if (this.#companion.device) this.#delivery.enqueue(stanza);
  }

  #unlink(): void {
    this.#companion.unlink();
    this.#delivery.forgetAll();
  }

  #accept(socket: WebSocket): void {
    this.counts.connections += 1;
    this.#connections.accept(socket);
  }

  /** Without waiting for the open sockets, which stay open. */
  async #setListening(on: boolean): Promise<void> {
    if (on) await this.#listener.open();
    else void this.#listener.close();
  }

  #createPool(): ConnectionPool {
    return new ConnectionPool({
      onPayload: (client, payload) => this.#start(client, payload),
      onNode: async (client, node) => {
        await this.#handleStanza(client, node);
        this.#watch.changed();
      },
      onClosed: (client) => this.#forget(client),
      onProtocolError: (reason) => this.#noteProtocolError(reason),
    });
  }

  #noteProtocolError(reason: string): void {
    this.counts.protocolErrors.push(reason);
    this.#watch.changed();
  }

  #start(connection: ClientConnection, payload: proto.ClientPayload): void {
    if (payload.devicePairingData) this.#pairing.register(connection, payload);
    else this.#session.logIn(connection, payload);
  }

  #forget(connection: ClientConnection): void {
    this.#delivery.detach(connection);
    this.#pairingCode.forget(connection);
    this.#pairing.forget(connection);
    this.#session.close(connection);
    this.#watch.changed();
  }

  #activate(connection: ClientConnection): void {
    if (!this.#session.activate(connection)) return;
    const routing = element('routing_info', {}, Buffer.from('loopback'));
    connection.send(element('ib', {}, [element('edge_routing', {}, [routing])]));
    this.#delivery.attach(connection);
    this.#watch.changed();
    const { device } = this.#companion;
    if (!device || device.hasHistory) return;
    device.hasHistory = true;
    const sync = sendFirstSync(this.owner, this.#directory.phones, now());
    this.#firstSync = sync.catch((error: unknown) => this.#noteProtocolError(String(error)));
  }

  #createHandler() {
    return createStanzaHandler({
      counts: this.counts,
      delivery: this.#delivery,
      pairing: this.#pairing,
      companion: this.#companion,
      faults: this.faults,
      directory: this.#directory,
      owner: () => this.owner,
      now,
      mediaHosts: () => [this.media.host],
      answerLinkCode: (connection, request) => this.#pairingCode.answer(connection, request),
      onFailure: (error) => this.#noteProtocolError(String(error)),
      onActive: (connection) => this.#activate(connection),
      unlink: () => this.#unlink(),
      delay: (ms, task) =>
        this.#timers.delay(ms, () => {
          task();
          this.#watch.changed();
        }),
    });
  }
}
