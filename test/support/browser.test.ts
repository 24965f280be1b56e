import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Browser, type Page } from "./browser.ts";

type Seen = { method: string; path: string; headers: IncomingMessage["headers"]; body: string };

/** Answers every path: with a redirect (`?to=`), cookies (`?cookie=`), or else this page. */
let html = "";
const seen: Seen[] = [];
const servers: Server[] = [];
const ports: string[] = [];

beforeAll(async () => {
  for (let count = 0; count < 2; count += 1) {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const { method = "", headers } = request;
        const url = new URL(request.url ?? "", "http://localhost");
        seen.push({ method, path: request.url ?? "", headers, body });
        const [to, cookie] = [url.searchParams.get("to"), url.searchParams.get("cookie")];
        if (cookie !== null) response.setHeader("set-cookie", cookie.split("|"));
        if (url.pathname === "/loop") return response.writeHead(302, { location: "/loop" }).end();
        if (to === null) return response.end(html);
        return response.writeHead(303, { location: to }).end();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    servers.push(server);
    ports.push(String(address.port));
  }
});
beforeEach(() => {
  seen.length = 0;
  html = "";
});
afterAll(() => servers.forEach((server) => server.close()));

/** `localhost` and another port of it, and 127.0.0.1, which is another site. */
const places = {
  here: (path = "/") => `http://localhost:${ports[0]}${path}`,
  sameSite: (path = "/") => `http://localhost:${ports[1]}${path}`,
  elsewhere: (path = "/") => `http://127.0.0.1:${ports[1]}${path}`,
};

const pageAt = (url: string, content: string): Page => ({ url, status: 200, html: content });
const lastSeen = (): Seen => seen.at(-1) ?? expect.fail("no request came");

describe("a form", () => {
  it.each([
    ["here", "same-origin"],
    ["sameSite", "same-site"],
    ["elsewhere", "cross-site"],
  ] as const)("sent from a page %s says where it comes from: %s", async (place, site) => {
    const origin = new URL(places[place]()).origin;
    const form = `<form method="post" action="${places.here("/in")}"><input name="a" value="1" /></form>`;
    await new Browser().submit(pageAt(places[place]("/page"), form));
    expect(lastSeen()).toMatchObject({
      method: "POST",
      path: "/in",
      body: "a=1",
      headers: { origin, "sec-fetch-site": site, "sec-fetch-mode": "navigate" },
    });
    await new Browser().post(places.here("/in"), { a: "1" }, places[place]());
    expect(lastSeen().headers).toMatchObject({ origin, "sec-fetch-site": site });
  });

  it("with GET puts its fields in place of the query, and has no Origin", async () => {
    const form = `<form action="/find?old=1"><input name="q" /><button>Find</button></form>`;
    await new Browser().submit(pageAt(places.here(), form), { q: "a b&c" });
    expect(lastSeen()).toMatchObject({ method: "GET", path: "/find?q=a+b%26c" });
    expect(lastSeen().headers).toMatchObject({ "sec-fetch-site": "same-origin" });
    expect(lastSeen().headers).not.toHaveProperty("origin");
  });

  it("sends what stands in it, and what is filled in", async () => {
    const form = `
      <form method="post" action="/other"><input name="no" value="1"></form>
      <form id="main" method="post" action="/in?x=1&amp;y=2">
        <input type="hidden" name="token" value="a &quot;b&quot; &amp;lt; name=&#39;c&#39; > checked">
        <input name="typed" value="before"/><input name="empty"/><input name="off" value="1" disabled>
        <input type="checkbox" name="box" value="no"><input type="checkbox" name="box" value="yes" checked>
        <input type="radio" name="radio" value="no"><input type="radio" name="radio" checked>
        <select name="role"><option value="owner">Owner</option><option selected>member</option></select>
        <select name="first"><option value="one">1</option><option value="two">2</option></select>
        <textarea name="text">\nlines\n&lt;here&gt;</textarea>
        <button type="button" name="nothing" value="1">Help</button>
        <button name="act" value="save"><b>Save</b></button><button name="act" value="drop">Drop</button>
      </form>
      <input form="main" name="outside" value="in"><input name="loose" value="out">`;
    const page = pageAt(places.here("/page"), form);
    await new Browser().submit(page, { typed: "after" }, "/in");
    expect(lastSeen().path).toBe("/in?x=1&y=2");
    expect([...new URLSearchParams(lastSeen().body)]).toEqual([
      ["token", `a "b" &lt; name='c' > checked`],
      ["typed", "after"],
      ["empty", ""],
      ["box", "yes"],
      ["radio", "on"],
      ["role", "member"],
      ["first", "one"],
      ["text", "lines\n<here>"],
      ["act", "save"],
      ["outside", "in"],
    ]);
  });

  it("that is not there is an error", () => {
    const page = pageAt(places.here(), `<form action="/a"></form>`);
    expect(() => new Browser().submit(page, {}, "/b")).toThrow(`no form for "/b"`);
  });
});

const to = (url: string) => `/?${new URLSearchParams({ to: url })}`;

describe("redirects", () => {
  it("are followed from origin to origin; a POST becomes a GET", async () => {
    html = "arrived";
    const form = `<form method="post" action="${to(places.sameSite(to(places.here("/end"))))}"></form>`;
    const page = await new Browser().submit(pageAt(places.here(), form));
    expect(page).toEqual({ url: places.here("/end"), status: 200, html: "arrived" });
    expect(seen.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
    // Back at its own origin, but by way of another.
    const sites = seen.map(({ headers }) => headers["sec-fetch-site"]);
    expect(sites).toEqual(["same-origin", "same-site", "same-site"]);
    expect(lastSeen().headers).not.toHaveProperty("origin");
  });

  it("keep saying `none` where the person typed the address in", async () => {
    await new Browser().open(places.here(to(places.elsewhere("/end"))));
    expect(seen.map(({ headers }) => headers["sec-fetch-site"])).toEqual(["none", "none"]);
  });

  it("end where the browser is told to stop", async () => {
    const browser = new Browser({ stopAt: (url) => url.endsWith("/stop") });
    const page = await browser.open(places.here(to(places.sameSite("/stop"))));
    expect(page).toEqual({ url: places.sameSite("/stop"), status: 0, html: "" });
    expect(seen).toHaveLength(1);
  });

  it("without an end are an error", async () => {
    await expect(new Browser().open(places.here("/loop"))).rejects.toThrow("too many redirects");
  });
});

describe("cookies", () => {
  const cookie = ["strict=1; SameSite=Strict", "lax=1; SameSite=Lax", "gone=1; Max-Age=0"].join(
    "|",
  );

  it("are kept for every port of a host, and for no other host", async () => {
    const browser = new Browser();
    await browser.open(places.here(`/?${new URLSearchParams({ cookie })}`));
    const names = async (url: string) => (await browser.cookies(url)).map(({ key }) => key);
    expect(await names(places.sameSite())).toEqual(["strict", "lax"]);
    expect(await names(places.elsewhere())).toEqual([]);
    await browser.open(places.here());
    expect(lastSeen().headers.cookie).toBe("strict=1; lax=1");
  });

  it("go along from another site only as SameSite says", async () => {
    const browser = new Browser();
    await browser.open(places.here(`/?${new URLSearchParams({ cookie })}`));
    await browser.open(places.here(), pageAt(places.elsewhere(), ""));
    expect(lastSeen().headers.cookie).toBe("lax=1");
    await browser.post(places.here(), {}, places.elsewhere());
    expect(lastSeen().headers.cookie).toBeUndefined();
    await browser.post(places.here(), {}, places.sameSite());
    expect(lastSeen().headers.cookie).toBe("strict=1; lax=1");
  });
});
