import { z } from "zod";

import { productName } from "../runtime/product.ts";

export const mailSettings = z.object({
  SMTP_URL: z
    .string()
    .refine(
      (value) => /^smtps?:\/\//.test(value) && URL.canParse(value),
      "must be an address such as smtp://user:password@mail.example.com:587",
    )
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      // One address, whose name has its quotation marks in pairs and begins no list and no group.
      /^([^<>"\r\n:;]|"[^"\r\n]*")*<[^<>\s@,;:"]+@[^<>\s@,;:"]+>$|^[^<>\s@,;:"]+@[^<>\s@,;:"]+$/,
      "must be a sender such as Example <mail@example.com>",
    )
    .optional(),
});

export const arrangeMail = (values: z.output<typeof mailSettings> & { BASE_URL: string }) => ({
  smtpUrl: values.SMTP_URL,
  from: values.MAIL_FROM ?? `${productName} <no-reply@${new URL(values.BASE_URL).hostname}>`,
});
