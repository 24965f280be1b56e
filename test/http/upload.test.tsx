import { bulkhead } from "cockatiel";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { page } from "../../src/http/reply.ts";
import { fileField, limitUploads } from "../../src/http/upload.ts";
import { createSmallApplication, route } from "./small-application.ts";

const most = 2_048;

/** A route that answers with the length of its file. */
const { request } = createSmallApplication({
  routes: [
    route({
      method: "POST",
      path: "/files",
      access: "public",
      file: { field: "file", most },
      body: z.strictObject({
        file: fileField({ what: "a file", most }),
        note: z.string().optional(),
      }),
      statuses: [200],
      handler: ({ body }) =>
        Promise.resolve({
          status: 200,
          json: { length: body.file.length, note: body.note ?? null },
        }),
      invalid: ({ issues }) => Promise.resolve(page(<p>{JSON.stringify(issues)}</p>, 422)),
    }),
  ],
});

const post = () => request.post("/files");
const bytes = (length: number) => Buffer.alloc(length, "x");

describe("a form with a file", () => {
  it("is read: the file as bytes, other fields as texts", async () => {
    const answer = await post().attach("file", bytes(most), "a.png").field("note", "Zoë");
    expect(answer.body).toEqual({ length: most, note: "Zoë" });
  });

  it.each([
    ["a byte too many", () => post().attach("file", bytes(most + 1), "a.png"), "at most 2 KB"],
    ["far too much", () => post().attach("file", bytes(5_000_000), "a.png"), "at most 2 KB"],
    ["no file", () => post().field("note", "x"), "Please choose a file."],
    [
      "nothing chosen",
      () => post().attach("file", Buffer.alloc(0), { filename: "" }),
      "Please choose a file.",
    ],
    ["a text in its place", () => post().field("file", "x"), "Please choose a file."],
    [
      "two files",
      () => post().attach("file", bytes(1), "a").attach("file", bytes(1), "b"),
      "Please choose a file.",
    ],
    [
      "a file under another name",
      () => post().attach("file", bytes(1), "a").attach("more", bytes(1), "b"),
      "unknown field: more",
    ],
  ])("UP01 is 422 for %s, in words, beside the field", async (_what, send, words) => {
    const answer = await send().accept("html");
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(words);
  });

  it("UP01 says that a file is too large where nobody has announced its size", async () => {
    const form = post().accept("html").set({
      "Content-Type": "multipart/form-data; boundary=xxxxxxxxxx",
      "Transfer-Encoding": "chunked",
    });
    form.write(bytes(1_000_000));
    expect((await form).text).toContain("at most 2 KB");
  });

  it.each([
    ["415 for an ordinary form", "application/x-www-form-urlencoded", "file=x", 415],
    ["400 without a boundary", "multipart/form-data", "x", 400],
    [
      "400 where a part never ends",
      "multipart/form-data; boundary=xxxxxxxxxx",
      "--xxxxxxxxxx\r\nContent-Disposition: form-data; name=file\r\n\r\nx",
      400,
    ],
    [
      "400 for a NUL in a text",
      "multipart/form-data; boundary=xxxxxxxxxx",
      '--xxxxxxxxxx\r\nContent-Disposition: form-data; name="note"\r\n\r\na\0b\r\n--xxxxxxxxxx--\r\n',
      400,
    ],
  ])("UP01 is %s", async (_what, type, body, status) => {
    const answer = await post().accept("json").set("Content-Type", type).send(body);
    expect(answer.status).toBe(status);
  });

  it("UP01 is 415 for a compressed one, which could unfold into any size", async () => {
    const answer = await post().set("Content-Encoding", "gzip").attach("file", bytes(1), "a");
    expect(answer.status).toBe(415);
  });

  it("UP03 is 503 while as many as fit in memory arrive, and is taken afterwards", async () => {
    const one = bulkhead(1);
    const gate = Promise.withResolvers<string>();
    const first = limitUploads(one, () => gate.promise);
    const second = () => limitUploads(one, () => Promise.resolve("second"));
    await expect(second()).rejects.toMatchObject({ code: "server.busy", status: 503 });
    gate.resolve("first");
    expect([await first, await second()]).toEqual(["first", "second"]);
  });
});
