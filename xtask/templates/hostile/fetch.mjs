// One fetch for every line METHOD, tab, ADDRESS, tab, rest on stdin. They share Node's one agent, each at a host and
// port of its own.

import { text } from "node:stream/consumers";

const LIMIT = 3000;

async function wish(line) {
  const [method, address, rest] = line.split("\t");
  const signal = () => AbortSignal.timeout(LIMIT);
  if (rest !== "-") {
    await (await fetch(`${address}/warm-up`, { signal: signal() })).text();
    await new Promise((rested) => setTimeout(rested, Number(rest)));
  }
  const posted = { headers: { "content-type": "application/json" }, body: '{"to":"made up"}' };
  const answer = await fetch(`${address}/wish`, { method, signal: signal(), ...(method === "POST" ? posted : {}) });
  await answer.text();
}

const lines = (await text(process.stdin)).split("\n").filter(Boolean);
// Some answers leave Node's fetch waiting for ever, whatever its signal says; whatever it sends again it has sent by then.
const over = new Promise((enough) => setTimeout(enough, 5 * LIMIT));
// How they are answered is not asked here: the server counts.
await Promise.race([Promise.allSettled(lines.map(wish)), over]);
process.exit();
