import { expect, it } from "vitest";

import { describeMailServer } from "../../dev/run/describe-mail-server.ts";

it.each([
  ["smtp://127.0.0.1:1025", { host: "127.0.0.1", port: 1025, secure: false }],
  ["smtp://mail.example.com", { host: "mail.example.com", port: 587, secure: false }],
  [
    "smtps://ada%40example.com:a%3Ab@mail.example.com",
    {
      host: "mail.example.com",
      port: 465,
      secure: true,
      auth: { user: "ada@example.com", pass: "a:b" },
    },
  ],
])("describes %s as Logto's connector for mail wants it", (smtpUrl, server) => {
  expect(describeMailServer(smtpUrl)).toEqual({ ...server, fromEmail: expect.any(String) });
});
