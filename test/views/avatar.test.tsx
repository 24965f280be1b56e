import { describe, expect, it } from "vitest";
import { renderToString } from "preact-render-to-string";
import { Avatar } from "../../src/views/avatar.tsx";
import { safeImageUrl } from "../../src/views/safe-image-url.ts";

function readText(html: string): string {
  return html.replaceAll(/<[^>]+>/g, "");
}

describe("safeImageUrl(value)", () => {
  it.each([
    ["https://cdn.example/a.png", "https://cdn.example/a.png"],
    ["HTTPS://CDN.example/a b.png", "https://cdn.example/a%20b.png"],
    ["http://localhost:4000/avatars/1", "http://localhost:4000/avatars/1"],
    ["http://127.0.0.1:4000/avatars/1", "http://127.0.0.1:4000/avatars/1"],
    ["http://[::1]:4000/a", "http://[::1]:4000/a"],
    ["/avatars/1?size=64", "/avatars/1?size=64"],
  ])("accepts %s", (value, expected) => {
    expect(safeImageUrl(value)).toBe(expected);
  });

  it.each([
    null,
    "javascript:alert(1)",
    "data:image/svg+xml,<svg/>",
    "http://tracker.example/a.png",
    "http://localhost.evil.example/a.png",
    "//evil.example/a.png",
    "avatars/1",
    "",
  ])("refuses %j", (value) => {
    expect(safeImageUrl(value)).toBeNull();
  });
});

describe("Avatar", () => {
  it.each([
    ["Ada Okafor", "AO"],
    ["  ada  maria   okafor ", "AO"],
    ["kim_7", "K"],
    ["Éva Ödön", "ÉÖ"],
    ["👩‍🚀 Space", "👩‍🚀S"],
    ["李小龍", "李"],
    ["   ", "?"],
  ])("writes the initials of %j", (name, initials) => {
    expect(readText(renderToString(<Avatar name={name} />))).toBe(initials);
  });

  it("writes one letter for an organization", () => {
    expect(readText(renderToString(<Avatar name="Acme Robotics" shape="organization" />))).toBe(
      "A",
    );
  });

  it("has no <img> for a picture that it refuses", () => {
    const html = renderToString(<Avatar name="Ada" imageUrl="javascript:alert(1)" />);
    expect(html).not.toContain("<img");
  });

  it("lays the picture over the initials, without a referrer", () => {
    const html = renderToString(
      <Avatar name="Ada Okafor" imageUrl="https://cdn.example/a.png?b=1&c=2" />,
    );
    expect(html).toContain('src="https://cdn.example/a.png?b=1&amp;c=2"');
    expect(html).toContain('referrerpolicy="no-referrer"');
    expect(readText(html)).toBe("AO");
  });
});
