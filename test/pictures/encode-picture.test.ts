import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { encodePicture } from "../../src/pictures/encode-picture.ts";
import { drawJpeg, drawMoving, drawPng, drawWebp, makeBomb, svg } from "../support/pictures.ts";

async function encode(bytes: Uint8Array, fit: "cover" | "contain" = "cover"): Promise<Buffer> {
  const encoded = await encodePicture(bytes, fit);
  if ("fault" in encoded) throw new Error(encoded.fault);
  return Buffer.from(encoded.content);
}

async function findFault(bytes: Uint8Array): Promise<string> {
  const encoded = await encodePicture(bytes, "cover");
  return "fault" in encoded ? encoded.fault : "none";
}

const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);

describe("encodePicture", () => {
  it.each([
    ["PNG", drawPng],
    ["JPEG", drawJpeg],
    ["WebP", drawWebp],
  ])("makes a small square WebP of a %s, without what else is in it", async (_type, draw) => {
    const original = await draw();
    expect(original.toString("latin1")).toContain("Planted-Words");
    const encoded = await encode(original);
    const { format, width, height, exif, icc } = await sharp(encoded).metadata();
    expect({ format, width, height }).toEqual({ format: "webp", width: 256, height: 256 });
    expect([exif, icc]).toEqual([undefined, undefined]);
    expect(encoded.length).toBeLessThan(64 * 1024);
  });

  it("keeps only the pixels of a file that is also something else", async () => {
    const polyglot = Buffer.concat([await drawJpeg(), Buffer.from("<script>alert(1)</script>")]);
    expect((await encode(polyglot)).toString("latin1")).not.toContain("script");
  });

  it("turns a picture the way its camera was held", async () => {
    const wide = sharp({ create: { width: 200, height: 100, channels: 3, background: "black" } });
    const turned = await wide.jpeg().withMetadata({ orientation: 6 }).toBuffer();
    // A tall picture that is shown whole has white to its left.
    const pixels = await sharp(await encode(turned, "contain"))
      .raw()
      .toBuffer();
    expect(pixels[128 * 256 * 3]).toBeGreaterThan(240);
    expect(pixels[128 * 3]).toBeLessThan(20);
  });

  it("shows the white of paper where a picture is transparent, so that no letter shines through", async () => {
    const nothing = { r: 0, g: 0, b: 0, alpha: 0 };
    const clear = await sharp({
      create: { width: 50, height: 50, channels: 4, background: nothing },
    })
      .png()
      .toBuffer();
    const { channels, dominant } = await sharp(await encode(clear)).stats();
    expect(channels).toHaveLength(3);
    expect(dominant.r).toBeGreaterThan(240);
  });

  it.each([
    ["an SVG, which could load files", () => svg, "cannot be read"],
    ["a text", () => Buffer.from("hello"), "cannot be read"],
    ["nothing", () => Buffer.alloc(0), "cannot be read"],
    [
      "a GIF",
      () => Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64"),
      "cannot be read",
    ],
    ["a PNG that ends in the middle", async () => half(await drawPng()), "cannot be read"],
    ["a JPEG that ends in the middle", async () => half(await drawJpeg()), "cannot be read"],
    ["a WebP that ends in the middle", async () => half(await drawWebp()), "cannot be read"],
    ["a picture that moves", drawMoving, "animated"],
    ["a bomb", makeBomb, "too many pixels"],
  ])("UP02 refuses %s within a second, and says so", async (_what, make, fault) => {
    const bytes = await make();
    await encodePicture(svg, "cover");
    const start = performance.now();
    expect(await findFault(bytes)).toContain(fault);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it("UP03 decodes one at a time, and refuses those for which too many wait", async () => {
    const picture = await drawPng();
    const all = Array.from({ length: 18 }, () => encodePicture(picture, "cover"));
    const refused = (await Promise.allSettled(all)).filter(({ status }) => status === "rejected");
    expect(refused).toEqual([
      { status: "rejected", reason: expect.objectContaining({ code: "server.busy" }) },
    ]);
    expect(await encode(picture)).toBeInstanceOf(Buffer);
  });
});
