/** Whether an input still breaks what the first one broke. */
export type IsBroken = (input: Buffer) => Promise<boolean>;

/** What stands in the place of a byte that does not matter. */
const PLAIN = 0x61;

/**
 * The smallest input that is found to break the same: parts are left out, large ones first, then each byte that may is
 * made an `a`. Tries no more than `tries` inputs.
 */
export async function shrink(input: Buffer, isBroken: IsBroken, tries: number): Promise<Buffer> {
  let left = tries;
  const keeps = async (candidate: Buffer) => {
    left -= 1;
    return left >= 0 && (await isBroken(candidate));
  };
  const short = await leaveOut(input, keeps);
  return makePlain(short, keeps);
}

async function leaveOut(input: Buffer, keeps: IsBroken): Promise<Buffer> {
  let best = input;
  for (
    let size = Math.ceil(best.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < best.length; ) {
      const candidate = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (await keeps(candidate)) best = candidate;
      else at += size;
    }
  }
  return best;
}

async function makePlain(input: Buffer, keeps: IsBroken): Promise<Buffer> {
  let best = input;
  for (let at = 0; at < best.length; at += 1) {
    if (best[at] === PLAIN) continue;
    const candidate = Buffer.from(best);
    candidate[at] = PLAIN;
    if (await keeps(candidate)) best = candidate;
  }
  return best;
}
