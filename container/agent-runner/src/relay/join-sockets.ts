import type { Socket } from 'node:net';

/**
 * Hands on what comes on either socket to the other, no faster than that one takes it. An end of one direction is
 * handed on too, and the other direction goes on; when one breaks, so does the other. Both must allow to be half open.
 */
export function joinSockets(one: Socket, other: Socket): void {
  pipeInto(one, other);
  pipeInto(other, one);
}

function pipeInto(source: Socket, target: Socket): void {
  source.pipe(target);
  // An error closes the socket, and what that means for the other one is said below.
  source.on('error', () => source.destroy());
  source.once('close', () => {
    if (!source.readableEnded) target.destroy();
    // It takes nothing more, but what it has said to its end may still be on its way to the other.
    else if (!target.readableEnded) target.destroySoon();
  });
}
