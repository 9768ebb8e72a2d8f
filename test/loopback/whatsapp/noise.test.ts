import { Curve, makeNoiseHandler, proto, WA_CERT_DETAILS } from '@whiskeysockets/baileys';
import pino from 'pino';
import { expect, test } from 'vitest';
import { generateKeyPair, verifySignature } from 'whatsapp-rust-bridge';
import { FrameReader, writeFrame } from './frames.ts';
import { bareKey, CONNECTION_HEADER, NoiseResponder, prefixedKey } from './noise.ts';

function startHandshake() {
  const keys = { static: generateKeyPair(), root: generateKeyPair() };
  const ephemeral = Curve.generateKeyPair();
  const client = makeNoiseHandler({
    keyPair: ephemeral,
    NOISE_HEADER: CONNECTION_HEADER,
    logger: pino({ level: 'silent' }),
  });
  const hello = proto.HandshakeMessage.encode({ clientHello: { ephemeral: ephemeral.public } });
  const responder = new NoiseResponder(keys);
  const answer = proto.HandshakeMessage.decode(responder.answerHello(hello.finish()));
  return { keys, client, responder, answer };
}

test("the handshake ends with keys that fit the client's", async () => {
  const { client, responder, answer } = startHandshake();
  const noiseKey = Curve.generateKeyPair();
  const encrypted = client.processHandshake(answer, noiseKey);
  const payload = client.encrypt(proto.ClientPayload.encode({ device: 7 }).finish());
  const finish = proto.HandshakeMessage.encode({ clientFinish: { static: encrypted, payload } });
  const result = responder.readFinish(finish.finish());
  expect(result.noiseKey.equals(noiseKey.public)).toBe(true);
  expect(result.payload.device).toBe(7);
  await client.finishInit();
  const transport = responder.split();
  expect(transport.open(client.encrypt(Buffer.from('one')))).toEqual(Buffer.from('one'));
  expect(transport.open(client.encrypt(Buffer.from('two')))).toEqual(Buffer.from('two'));
  expect(client.decrypt(transport.seal(Buffer.from('three')))).toEqual(Buffer.from('three'));
});

test('the certificate is signed from the root down', () => {
  const { keys, client, answer } = startHandshake();
  const issued: [Uint8Array, Uint8Array, Uint8Array][] = [];
  const verify = Curve.verify;
  Curve.verify = (key, message, signature) => issued.push([key, message, signature]) > 0;
  try {
    client.processHandshake(answer, Curve.generateKeyPair());
  } finally {
    Curve.verify = verify;
  }
  const [leaf, intermediate] = issued;
  expect(verifySignature(prefixedKey(leaf![0]), leaf![1], leaf![2])).toBe(true);
  expect(intermediate![0]).toBe(WA_CERT_DETAILS.PUBLIC_KEY);
  expect(verifySignature(keys.root.pubKey, intermediate![1], intermediate![2])).toBe(true);
  const details = proto.CertChain.NoiseCertificate.Details.decode(leaf![1]);
  expect(bareKey(keys.static.pubKey).equals(Buffer.from(details.key ?? []))).toBe(true);
});

test('frames are cut out of any chunking, with or without routing info', () => {
  const frames = [Buffer.from('a'), Buffer.from('bb'), Buffer.alloc(0)];
  const body = Buffer.concat([CONNECTION_HEADER, ...frames.map(writeFrame)]);
  const routing = Buffer.concat([Buffer.from('ED\0\x01\0\0\x02hi')]);
  for (const stream of [body, Buffer.concat([routing, body])]) {
    for (const size of [1, 2, 3, stream.length]) {
      const reader = new FrameReader();
      const found: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) {
        found.push(...reader.push(stream.subarray(at, at + size)));
      }
      expect(found).toEqual(frames);
    }
  }
});
