import { createSocket } from "node:dgram";
import { once } from "node:events";

/** An answer of a DNS server: TXT records by their chunks, a response code (RFC 1035, section 4.1.1), or silence. */
export type DnsAnswer = string[][] | "SERVFAIL" | "NXDOMAIN" | "REFUSED" | "silence";

const codes = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };

/** A DNS server on loopback, as much as it takes to be asked for TXT records over UDP. */
export async function startDnsServer(answers: ReadonlyMap<string, DnsAnswer>) {
  const socket = createSocket("udp4");
  let queries = 0;
  socket.on("message", (query, { port, address }) => {
    queries += 1;
    const answer = answers.get(readName(query)) ?? "NXDOMAIN";
    if (answer !== "silence") socket.send(respond(query, answer), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    server: `127.0.0.1:${socket.address().port}`,
    count: () => queries,
    close: () => new Promise<void>((resolve) => void socket.close(() => resolve())),
  };
}

/** The name that is asked for: labels, each after its length, from byte 12 on. */
function readName(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; query[at]; at += (query[at] ?? 0) + 1) {
    labels.push(query.toString("latin1", at + 1, at + 1 + (query[at] ?? 0)));
  }
  return labels.join(".").toLowerCase();
}

function respond(query: Buffer, answer: Exclude<DnsAnswer, "silence">): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const records = typeof answer === "string" ? [] : answer.map(writeRecord);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // A response, to a query that wanted recursion, which there is.
  header.writeUInt16BE(0x8180 | (typeof answer === "string" ? codes[answer] : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records]);
}

function writeRecord(chunks: string[]): Buffer {
  const text = Buffer.concat(
    chunks.map((chunk) => Buffer.concat([Buffer.from([chunk.length]), Buffer.from(chunk)])),
  );
  // Its name is the one that was asked for, at byte 12; TXT, IN, a minute.
  const head = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 0]);
  head.writeUInt16BE(text.length, 10);
  return Buffer.concat([head, text]);
}
